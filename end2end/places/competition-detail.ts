import { NOBODYS_ID, outOfOrder, page } from '../support/place.ts';
import type { World } from '../support/world.ts';

const path = ({ competition }: World) => `/competitions/${competition.id}`;
const otherPath = ({ other }: World) => `/competitions/${other.id}`;

export default page('/competitions/:id', {
  empty: [
    { name: 'a competition to register for', path: otherPath, viewer: 'participant' },
  ],
  full: [
    { name: 'a competition for a stranger', path },
    { name: 'a competition without a place left', path: ({ full }) => `/competitions/${full.id}`, viewer: 'newParticipant' },
    { name: 'a competition with a place held', path, viewer: 'participant' },
    { name: 'a competition for its organizer', path, viewer: 'organizer' },
  ],
  error: [
    { name: 'a competition that does not exist', path: `/competitions/${NOBODYS_ID}`, status: 404 },
    { name: 'a competition out of order', ...outOfOrder(`/competitions/${NOBODYS_ID}`, 'competition') },
  ],
});
