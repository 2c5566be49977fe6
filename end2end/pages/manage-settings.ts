import { page } from '../support/page-state.ts';
import type { World } from '../support/world.ts';

const path = ({ competition }: World) => `/competitions/${competition.id}/manage/settings`;

export default page('/competitions/:id/manage/settings', {
  empty: { never: 'every competition has settings' },
  full: [{ name: 'the settings of a competition', path, viewer: 'organizer' }],
  error: [{ name: 'the settings for another organizer', path, viewer: 'newOrganizer', status: 403 }],
});
