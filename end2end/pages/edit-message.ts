import { never, page } from '../support/page-state.ts';
import type { World } from '../support/world.ts';

const of = ({ competition }: World, message: string) =>
  `/competitions/${competition.id}/manage/messages/${message}/edit`;

export default page('/competitions/:id/manage/messages/:messageId/edit', {
  empty: never('a draft has a subject and a text'),
  full: [{ name: 'editing a message', path: (world) => of(world, world.draftMessage), viewer: 'organizer' }],
  error: [
    {
      name: 'editing a message that was sent',
      path: (world) => of(world, world.sentMessage),
      viewer: 'organizer',
      status: 409,
    },
  ],
});
