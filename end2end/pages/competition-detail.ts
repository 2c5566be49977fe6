import { UNKNOWN_ID, whileFailing, page } from '../support/page-state.ts';
import type { World } from '../support/world.ts';

const path = ({ competition }: World) => `/competitions/${competition.id}`;
const otherPath = ({ other }: World) => `/competitions/${other.id}`;

export default page('/competitions/:id', {
  empty: [
    { name: 'a competition to register for', path: otherPath, viewer: 'participant' },
  ],
  full: [
    { name: 'a competition for a visitor', path },
    { name: 'a full competition', path: ({ full }) => `/competitions/${full.id}`, viewer: 'newParticipant' },
    { name: 'a competition with a registration', path, viewer: 'participant' },
    { name: 'a competition for its organizer', path, viewer: 'organizer' },
    { name: 'a draft', path: ({ draft }) => `/competitions/${draft.id}`, viewer: 'organizer' },
    { name: 'a cancelled competition', path: ({ cancelled }) => `/competitions/${cancelled.id}` },
    { name: 'a past competition', path: ({ past }) => `/competitions/${past.id}`, viewer: 'participant' },
  ],
  error: [
    { name: 'a competition that does not exist', path: `/competitions/${UNKNOWN_ID}`, status: 404 },
    { name: 'a competition while its data fails', ...whileFailing(`/competitions/${UNKNOWN_ID}`, 'competition') },
  ],
});
