import { UNKNOWN_ID, page } from '../support/page-state.ts';
import type { World } from '../support/world.ts';

const path = ({ competition }: World) => `/competitions/${competition.id}/manage/messages`;

export default page('/competitions/:id/manage/messages', {
  empty: [
    {
      name: 'the messages of a competition that has none',
      path: ({ other }: World) => `/competitions/${other.id}/manage/messages`,
      viewer: 'organizer',
    },
  ],
  full: [{ name: 'the messages of a competition', path, viewer: 'organizer' }],
  error: [
    { name: 'the messages of another organizer', path, viewer: 'newOrganizer', status: 403 },
    {
      name: 'the messages of a competition that does not exist',
      path: `/competitions/${UNKNOWN_ID}/manage/messages`,
      viewer: 'organizer',
      status: 404,
    },
  ],
});
