import { UNKNOWN_ID, never, page } from '../support/page-state.ts';

export default page('/webhooks/:id/edit', {
  empty: never('it is about one webhook'),
  full: [{ name: 'editing a webhook', path: ({ webhook }) => `/webhooks/${webhook}/edit`, viewer: 'organizer' }],
  error: [
    {
      name: 'editing a webhook that does not exist',
      path: `/webhooks/${UNKNOWN_ID}/edit`,
      viewer: 'organizer',
      status: 404,
    },
  ],
});
