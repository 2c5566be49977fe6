import { FALLBACK, never, page } from '../support/place.ts';

export default page(FALLBACK, {
  empty: never('it shows nothing of what is stored'),
  full: never('it shows nothing of what is stored'),
  error: [{ name: 'an address with nothing behind it', path: '/no/such/page', status: 404 }],
});
