import { NOBODYS_ID, never, page } from '../support/place.ts';
import type { World } from '../support/world.ts';

const path = ({ competition }: World) => `/competitions/${competition.id}/cancel-registration`;

export default page('/competitions/:id/cancel-registration', {
  empty: never('it asks about one place'),
  full: [{ name: 'giving a place back', path, viewer: 'participant' }],
  error: [
    {
      name: 'giving a place back in what does not exist',
      path: `/competitions/${NOBODYS_ID}/cancel-registration`,
      viewer: 'participant',
      status: 404,
    },
  ],
});
