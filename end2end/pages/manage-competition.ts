import { page } from '../support/page-state.ts';
import type { World } from '../support/world.ts';

const path = ({ competition }: World) => `/competitions/${competition.id}/manage`;
const otherPath = ({ other }: World) => `/competitions/${other.id}/manage`;

export default page('/competitions/:id/manage', {
  empty: [{ name: 'the overview of a competition without registrations', path: otherPath, viewer: 'organizer' }],
  full: [{ name: 'the overview of a competition', path, viewer: 'organizer' }],
  error: [{ name: 'the overview for another organizer', path, viewer: 'newOrganizer', status: 403 }],
});
