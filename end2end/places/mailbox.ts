import { NOBODYS_ID, outOfOrder, page } from '../support/place.ts';

export default page('/mailbox', {
  empty: [
    { name: 'an empty mailbox', path: '/mailbox', viewer: 'newParticipant' },
    { name: 'a mailbox without a match', path: `/mailbox?search=${NOBODYS_ID}`, viewer: 'participant' },
  ],
  full: [
    { name: 'the mailbox', path: '/mailbox', viewer: 'participant' },
    { name: 'a message', path: ({ mail }) => `/mailbox?mail=${mail}`, viewer: 'participant' },
  ],
  error: [
    { name: 'a message that does not exist', path: `/mailbox?mail=${NOBODYS_ID}`, viewer: 'participant', status: 404 },
    { name: 'the mailbox out of order', viewer: 'participant', ...outOfOrder('/mailbox', 'mailbox') },
  ],
});
