import { UNKNOWN_ID, whileFailing, page } from '../support/page-state.ts';

export default page('/competitions', {
  empty: [
    { name: 'the list of a new site', path: '/competitions', onNewSite: true },
    { name: 'a list without a match', path: `/competitions?search=${UNKNOWN_ID}&tags=chess` },
    { name: 'a page after the last of the list', path: '/competitions?page=1000' },
  ],
  full: [
    { name: 'the list', path: '/competitions' },
    { name: 'the past competitions', path: '/competitions?status=over' },
    {
      name: 'the competitions of an organizer',
      path: ({ organizer }) => `/competitions?organizerId=${organizer.id}`,
    },
  ],
  error: [
    { name: 'a list in an unknown order', path: '/competitions?sort=best', status: 400 },
    { name: 'the list while its data fails', ...whileFailing('/competitions', 'competitions', '/') },
  ],
});
