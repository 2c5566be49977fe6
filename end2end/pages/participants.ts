import { UNKNOWN_ID, page } from '../support/page-state.ts';
import type { World } from '../support/world.ts';

const path = ({ competition }: World) => `/competitions/${competition.id}/manage/participants`;
const otherPath = ({ other }: World) => `/competitions/${other.id}/manage/participants`;

export default page('/competitions/:id/manage/participants', {
  empty: [
    { name: 'an empty roster', path: otherPath, viewer: 'organizer' },
    { name: 'a roster without a match', path: (world) => `${path(world)}?search=${UNKNOWN_ID}`, viewer: 'organizer' },
  ],
  full: [{ name: 'a roster', path, viewer: 'organizer' }],
  error: [{ name: 'a roster for another organizer', path, viewer: 'newOrganizer', status: 403 }],
});
