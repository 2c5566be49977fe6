import { page } from '../support/page-state.ts';
import type { World } from '../support/world.ts';

const path = ({ competition }: World) => `/competitions/${competition.id}/manage/check-in-list`;
const otherPath = ({ other }: World) => `/competitions/${other.id}/manage/check-in-list`;

export default page('/competitions/:id/manage/check-in-list', {
  empty: [{ name: 'a check-in list without participants', path: otherPath, viewer: 'organizer' }],
  full: [{ name: 'a check-in list', path, viewer: 'organizer' }],
  error: [{ name: 'a check-in list for another organizer', path, viewer: 'newOrganizer', status: 403 }],
});
