import { never, page } from '../support/page-state.ts';

export default page('/auth/reset', {
  empty: never('the form needs a link'),
  full: never('a link works once: account.spec.ts follows one'),
  error: [{ name: 'an expired link', path: '/auth/reset' }],
});
