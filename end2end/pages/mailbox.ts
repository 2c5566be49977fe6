import { expect } from '../support/fixtures.ts';
import { UNKNOWN_ID, whileFailing, page } from '../support/page-state.ts';

export default page('/mailbox', {
  empty: [
    { name: 'an empty mailbox', path: '/mailbox', viewer: 'newParticipant' },
    { name: 'a mailbox without deleted messages', path: '/mailbox?deleted=true', viewer: 'participant' },
    { name: 'a mailbox without a match', path: `/mailbox?search=${UNKNOWN_ID}`, viewer: 'participant' },
  ],
  full: [
    { name: 'the mailbox', path: '/mailbox', viewer: 'participant' },
    { name: 'a message', path: ({ mail }) => `/mailbox?mail=${mail}`, viewer: 'participant' },
  ],
  error: [
    {
      name: 'a mailbox in which no message was chosen',
      path: '/mailbox',
      viewer: 'participant',
      then: async (page) => {
        await page.getByRole('button', { name: 'Delete', exact: true }).click();
        await expect(page.getByRole('alert')).toContainText('Choose at least one message');
      },
      provokes: [400],
    },
    {
      name: 'messages of a competition that is no id',
      path: '/mailbox?competition=x',
      viewer: 'participant',
      status: 404,
    },
    { name: 'a message that does not exist', path: `/mailbox?mail=${UNKNOWN_ID}`, viewer: 'participant', status: 404 },
    { name: 'the mailbox while its data fails', viewer: 'participant', ...whileFailing('/mailbox', 'mailbox') },
  ],
});
