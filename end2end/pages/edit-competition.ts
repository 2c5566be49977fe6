import { UNKNOWN_ID, never, page } from '../support/page-state.ts';
import type { World } from '../support/world.ts';

const path = ({ competition }: World) => `/competitions/${competition.id}/edit`;

export default page('/competitions/:id/edit', {
  empty: never('it always holds a competition'),
  full: [{ name: 'editing a competition', path, viewer: 'organizer' }],
  error: [
    { name: 'editing the competition of another organizer', path, viewer: 'newOrganizer', status: 403 },
    {
      name: 'editing a competition that does not exist',
      path: `/competitions/${UNKNOWN_ID}/edit`,
      viewer: 'organizer',
      status: 404,
    },
  ],
});
