import { NOBODYS_ID, outOfOrder, page } from '../support/place.ts';

export default page('/competitions', {
  empty: [
    { name: 'the list of a new site', path: '/competitions', onNewSite: true },
    { name: 'a list without a match', path: `/competitions?search=${NOBODYS_ID}&tags=chess` },
    { name: 'a page behind the last of the list', path: '/competitions?page=1000' },
  ],
  full: [{ name: 'the list', path: '/competitions' }],
  error: [
    { name: 'a list in an impossible order', path: '/competitions?sort=best', status: 400 },
    { name: 'the list out of order', ...outOfOrder('/competitions', 'competitions', '/') },
  ],
});
