import { outOfOrder, page } from '../support/place.ts';

export default page('/', {
  empty: [{ name: 'the home page of a new site', path: '/', onNewSite: true }],
  full: [
    { name: 'the home page', path: '/' },
    { name: 'the home page for somebody who is signed in', path: '/', viewer: 'organizer' },
  ],
  error: [{ name: 'the home page out of order', ...outOfOrder('/', 'closing_soon') }],
});
