import { never, page } from '../support/place.ts';

export default page('/auth/reset', {
  empty: never('without a link there is nothing to set'),
  full: never('a link is good once: account.spec.ts follows one'),
  error: [{ name: 'a link that is not good any more', path: '/auth/reset' }],
});
