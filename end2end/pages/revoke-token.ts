import { UNKNOWN_ID, never, page } from '../support/page-state.ts';

export default page('/account/tokens/:id/revoke', {
  empty: never('it is about one token'),
  full: [{ name: 'revoking a token', path: ({ token }) => `/account/tokens/${token}/revoke`, viewer: 'organizer' }],
  error: [
    {
      name: 'revoking a token that does not exist',
      path: `/account/tokens/${UNKNOWN_ID}/revoke`,
      viewer: 'organizer',
      status: 404,
    },
  ],
});
