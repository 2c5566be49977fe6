import { expect } from '../support/fixtures.ts';
import { UNKNOWN_ID, page } from '../support/page-state.ts';
import type { World } from '../support/world.ts';

const of = ({ competition }: World, message: string) => `/competitions/${competition.id}/manage/messages/${message}`;
const draft = (world: World) => of(world, world.draftMessage);

export default page('/competitions/:id/manage/messages/:messageId', {
  empty: [{ name: 'a draft of a message', path: draft, viewer: 'organizer' }],
  full: [{ name: 'a message that was sent', path: (world) => of(world, world.sentMessage), viewer: 'organizer' }],
  error: [
    {
      name: 'a message that is to be sent at no time',
      path: draft,
      viewer: 'organizer',
      then: async (page) => {
        await page.getByRole('radio', { name: 'Later' }).check();
        await page.getByRole('button', { name: 'Send message' }).click();
        await expect(page.getByRole('alert')).toContainText('Time must be a date and time that exists');
      },
      provokes: [400],
    },
    { name: 'a message of another organizer', path: draft, viewer: 'newOrganizer', status: 403 },
    {
      name: 'a message to participants that does not exist',
      path: (world) => of(world, UNKNOWN_ID),
      viewer: 'organizer',
      status: 404,
    },
  ],
});
