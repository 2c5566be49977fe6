import { UNKNOWN_ID, never, page } from '../support/page-state.ts';

export default page('/webhooks/:id/rotate-secret', {
  empty: never('it is about one webhook'),
  full: [{ name: 'rotating a secret', path: ({ webhook }) => `/webhooks/${webhook}/rotate-secret`, viewer: 'organizer' }],
  error: [
    {
      name: 'rotating the secret of a webhook that does not exist',
      path: `/webhooks/${UNKNOWN_ID}/rotate-secret`,
      viewer: 'organizer',
      status: 404,
    },
  ],
});
