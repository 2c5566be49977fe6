import { UNKNOWN_ID, page } from '../support/page-state.ts';
import type { World } from '../support/world.ts';

const path = ({ asking }: World) => `/competitions/${asking.id}/questions`;

export default page('/competitions/:id/questions', {
  empty: [
    {
      name: 'the questions of a competition that asks nothing',
      path: ({ other }: World) => `/competitions/${other.id}/questions`,
      viewer: 'organizer',
    },
  ],
  full: [{ name: 'the questions of a competition', path, viewer: 'organizer' }],
  error: [
    { name: 'the questions of the competition of another organizer', path, viewer: 'newOrganizer', status: 403 },
    {
      name: 'the questions of a competition that does not exist',
      path: `/competitions/${UNKNOWN_ID}/questions`,
      viewer: 'organizer',
      status: 404,
    },
  ],
});
