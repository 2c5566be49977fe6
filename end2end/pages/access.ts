import { UNKNOWN_ID, page } from '../support/page-state.ts';
import type { World } from '../support/world.ts';

const path = ({ byCode }: World) => `/competitions/${byCode.id}/access`;

export default page('/competitions/:id/access', {
  empty: [
    {
      name: 'who can register for a competition without access codes',
      path: ({ other }: World) => `/competitions/${other.id}/access`,
      viewer: 'organizer',
    },
  ],
  full: [{ name: 'the access codes of a competition', path, viewer: 'organizer' }],
  error: [
    { name: 'the access codes of another organizer', path, viewer: 'newOrganizer', status: 403 },
    {
      name: 'the access codes of a competition that does not exist',
      path: `/competitions/${UNKNOWN_ID}/access`,
      viewer: 'organizer',
      status: 404,
    },
  ],
});
