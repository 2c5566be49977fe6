import { never, page } from '../support/page-state.ts';

export default page('/auth/verify-email', {
  empty: never('the form needs a link'),
  full: never('a link works once: email.spec.ts follows one'),
  error: [{ name: 'an expired link to verify an address', path: '/auth/verify-email' }],
});
