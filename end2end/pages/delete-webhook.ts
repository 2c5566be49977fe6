import { UNKNOWN_ID, never, page } from '../support/page-state.ts';

export default page('/webhooks/:id/delete', {
  empty: never('it is about one webhook'),
  full: [{ name: 'deleting a webhook', path: ({ webhook }) => `/webhooks/${webhook}/delete`, viewer: 'organizer' }],
  error: [
    {
      name: 'deleting a webhook that does not exist',
      path: `/webhooks/${UNKNOWN_ID}/delete`,
      viewer: 'organizer',
      status: 404,
    },
  ],
});
