import { whileFailing, never, page } from '../support/page-state.ts';

export default page('/account', {
  empty: never('every user has a name'),
  full: [
    { name: 'the account of a participant', path: '/account', viewer: 'participant' },
    { name: 'the account of an organizer', path: '/account', viewer: 'organizer' },
    { name: 'the account of a user with both roles', path: '/account', viewer: 'withBothRoles' },
  ],
  error: [{ name: 'the account while its data fails', viewer: 'participant', ...whileFailing('/account', 'account') }],
});
