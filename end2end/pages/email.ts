import { never, page, whileFailing } from '../support/page-state.ts';

export default page('/account/email', {
  empty: never('every user has an address'),
  full: [{ name: 'the address of an account', path: '/account/email', viewer: 'participant' }],
  error: [{ name: 'the address while its data fails', viewer: 'participant', ...whileFailing('/account/email', 'email') }],
});
