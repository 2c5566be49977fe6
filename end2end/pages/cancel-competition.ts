import { page, never } from '../support/page-state.ts';
import type { World } from '../support/world.ts';

const path = ({ other }: World) => `/competitions/${other.id}/cancel`;

export default page('/competitions/:id/cancel', {
  empty: never('it is about one competition'),
  full: [
    { name: 'cancelling a competition', path, viewer: 'organizer' },
    { name: 'deleting a draft', path: ({ draft }) => `/competitions/${draft.id}/cancel`, viewer: 'organizer' },
  ],
  error: [{ name: 'cancelling the competition of another organizer', path, viewer: 'newOrganizer', status: 403 }],
});
