import { UNKNOWN_ID, page } from '../support/page-state.ts';
import type { World } from '../support/world.ts';

const path = ({ asking }: World) => `/competitions/${asking.id}/answers`;

export default page('/competitions/:id/answers', {
  empty: [{ name: 'changing answers without a registration', path, viewer: 'newParticipant' }],
  full: [{ name: 'changing the answers of a registration', path, viewer: 'participant' }],
  error: [
    {
      name: 'changing answers for a competition that does not exist',
      path: `/competitions/${UNKNOWN_ID}/answers`,
      viewer: 'participant',
      status: 404,
    },
  ],
});
