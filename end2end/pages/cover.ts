import { UNKNOWN_ID, page } from '../support/page-state.ts';
import type { World } from '../support/world.ts';

const path = ({ competition }: World) => `/competitions/${competition.id}/cover`;

export default page('/competitions/:id/cover', {
  empty: [
    {
      name: 'the form of a competition without a cover',
      path: ({ other }: World) => `/competitions/${other.id}/cover`,
      viewer: 'organizer',
    },
  ],
  full: [{ name: 'the cover of a competition', path, viewer: 'organizer' }],
  error: [
    { name: 'the cover of another organizer', path, viewer: 'newOrganizer', status: 403 },
    {
      name: 'the cover of a competition that does not exist',
      path: `/competitions/${UNKNOWN_ID}/cover`,
      viewer: 'organizer',
      status: 404,
    },
  ],
});
