import { page, never } from '../support/place.ts';
import type { World } from '../support/world.ts';

const path = ({ other }: World) => `/competitions/${other.id}/cancel`;

export default page('/competitions/:id/cancel', {
  empty: never('it asks about one competition'),
  full: [{ name: 'cancelling a competition', path, viewer: 'organizer' }],
  error: [{ name: 'cancelling a competition of others', path, viewer: 'newOrganizer', status: 403 }],
});
