import { UNKNOWN_ID, never, page } from '../support/page-state.ts';
import type { World } from '../support/world.ts';

const path = ({ competition }: World) => `/competitions/${competition.id}/cancel-registration`;

export default page('/competitions/:id/cancel-registration', {
  empty: never('it is about one registration'),
  full: [{ name: 'cancelling a registration', path, viewer: 'participant' }],
  error: [
    {
      name: 'cancelling a registration for a competition that does not exist',
      path: `/competitions/${UNKNOWN_ID}/cancel-registration`,
      viewer: 'participant',
      status: 404,
    },
  ],
});
