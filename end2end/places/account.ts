import { outOfOrder, never, page } from '../support/place.ts';

export default page('/account', {
  empty: never('everybody who gets here has a name'),
  full: [
    { name: 'the account of a participant', path: '/account', viewer: 'participant' },
    { name: 'the account of an organizer', path: '/account', viewer: 'organizer' },
  ],
  error: [{ name: 'the account out of order', viewer: 'participant', ...outOfOrder('/account', 'account') }],
});
