import { UNKNOWN_ID, never, page } from '../support/page-state.ts';
import type { World } from '../support/world.ts';

const path = ({ asking }: World) => `/competitions/${asking.id}/register`;

export default page('/competitions/:id/register', {
  empty: never('it is about one competition'),
  full: [
    { name: 'answering the questions of a competition', path, viewer: 'newParticipant' },
    {
      name: 'registering with an access code',
      path: ({ byCode }: World) => `/competitions/${byCode.id}/register?code=VIP1`,
      viewer: 'newParticipant',
    },
  ],
  error: [
    {
      name: 'registering without the required answers',
      path,
      viewer: 'newParticipant',
      then: async (page) => {
        await page.getByRole('button', { name: 'Register' }).click();
        await page.getByRole('alert').getByText('There is a problem').waitFor();
      },
      provokes: [400],
    },
    {
      name: 'registering for a competition that does not exist',
      path: `/competitions/${UNKNOWN_ID}/register`,
      viewer: 'newParticipant',
      status: 404,
    },
  ],
});
