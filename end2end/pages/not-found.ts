import { FALLBACK, never, page } from '../support/page-state.ts';

export default page(FALLBACK, {
  empty: never('it shows no data'),
  full: never('it shows no data'),
  error: [{ name: 'an unknown address', path: '/no/such/page', status: 404 }],
});
