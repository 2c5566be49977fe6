import { whileFailing, page } from '../support/page-state.ts';

export default page('/', {
  empty: [{ name: 'the home page of a new site', path: '/', onNewSite: true }],
  full: [
    { name: 'the home page', path: '/' },
    { name: 'the home page for a user', path: '/', viewer: 'organizer' },
  ],
  error: [{ name: 'the home page while its data fails', ...whileFailing('/', 'closing_soon') }],
});
