import { page } from '../support/page-state.ts';
import type { World } from '../support/world.ts';

const of = (id: string) => `/competitions/${id}/manage/messages/write`;
const path = ({ competition }: World) => of(competition.id);

export default page('/competitions/:id/manage/messages/write', {
  empty: [{ name: 'writing a message', path, viewer: 'organizer' }],
  full: [
    {
      name: 'writing a message to those who have given an answer',
      path: ({ asking }) => of(asking.id),
      viewer: 'organizer',
    },
  ],
  error: [
    {
      name: 'a message without a subject and a text',
      path,
      viewer: 'organizer',
      then: async (page) => {
        await page.getByRole('button', { name: 'Continue' }).click();
        await page.getByRole('alert').getByText('There is a problem').waitFor();
      },
      provokes: [400],
    },
    { name: 'writing a message as another organizer', path, viewer: 'newOrganizer', status: 403 },
  ],
});
