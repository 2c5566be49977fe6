import { page } from '../support/page-state.ts';
import type { World } from '../support/world.ts';

const path = ({ waiting }: World) => `/competitions/${waiting.id}/manage/waiting-list`;
const otherPath = ({ other }: World) => `/competitions/${other.id}/manage/waiting-list`;

export default page('/competitions/:id/manage/waiting-list', {
  empty: [{ name: 'a competition without a waiting list', path: otherPath, viewer: 'organizer' }],
  full: [{ name: 'a waiting list', path, viewer: 'organizer' }],
  error: [{ name: 'a waiting list for another organizer', path, viewer: 'newOrganizer', status: 403 }],
});
