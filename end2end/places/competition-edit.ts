import { NOBODYS_ID, never, page } from '../support/place.ts';
import type { World } from '../support/world.ts';

const path = ({ competition }: World) => `/competitions/${competition.id}/edit`;

export default page('/competitions/:id/edit', {
  empty: never('it always holds what there is'),
  full: [{ name: 'editing a competition', path, viewer: 'organizer' }],
  error: [
    { name: 'editing a competition of others', path, viewer: 'newOrganizer', status: 403 },
    {
      name: 'editing a competition that does not exist',
      path: `/competitions/${NOBODYS_ID}/edit`,
      viewer: 'organizer',
      status: 404,
    },
  ],
});
