import { NOBODYS_ID, page } from '../support/place.ts';
import type { World } from '../support/world.ts';

const path = ({ competition }: World) => `/competitions/${competition.id}/manage`;
const otherPath = ({ other }: World) => `/competitions/${other.id}/manage`;

export default page('/competitions/:id/manage', {
  empty: [
    { name: 'a roster without anybody', path: otherPath, viewer: 'organizer' },
    { name: 'a roster without a match', path: (world) => `${path(world)}?search=${NOBODYS_ID}`, viewer: 'organizer' },
  ],
  full: [{ name: 'a roster', path, viewer: 'organizer' }],
  error: [{ name: 'a roster for somebody else', path, viewer: 'newOrganizer', status: 403 }],
});
