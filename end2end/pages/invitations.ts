import { UNKNOWN_ID, page } from '../support/page-state.ts';
import type { World } from '../support/world.ts';

const path = ({ byCode }: World) => `/competitions/${byCode.id}/invitations`;

export default page('/competitions/:id/invitations', {
  empty: [
    {
      name: 'the invitations to a competition that has none',
      path: ({ other }: World) => `/competitions/${other.id}/invitations`,
      viewer: 'organizer',
    },
  ],
  full: [{ name: 'the invitations to a competition', path, viewer: 'organizer' }],
  error: [
    {
      name: 'inviting nobody',
      path,
      viewer: 'organizer',
      then: async (page) => {
        await page.getByRole('button', { name: 'Invite', exact: true }).click();
        await page.getByRole('alert').getByText('There is a problem').waitFor();
      },
      provokes: [400],
    },
    { name: 'the invitations of another organizer', path, viewer: 'newOrganizer', status: 403 },
    {
      name: 'the invitations to a competition that does not exist',
      path: `/competitions/${UNKNOWN_ID}/invitations`,
      viewer: 'organizer',
      status: 404,
    },
  ],
});
