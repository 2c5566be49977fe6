import { never, page } from '../support/page-state.ts';

export default page('/auth/confirm-email', {
  empty: never('the form needs a link'),
  full: never('a link works once: email.spec.ts follows one'),
  error: [{ name: 'an expired link to confirm an address', path: '/auth/confirm-email' }],
});
