import { whileFailing, page } from '../support/page-state.ts';

export default page('/dashboard', {
  empty: [
    { name: 'the dashboard of a new participant', path: '/dashboard', viewer: 'newParticipant' },
    { name: 'the dashboard of a new organizer', path: '/dashboard', viewer: 'newOrganizer' },
    { name: 'the registrations of a new user with both roles', path: '/dashboard', viewer: 'withBothRoles' },
    {
      name: 'the competitions of a new user with both roles',
      path: '/dashboard?view=competitions',
      viewer: 'withBothRoles',
    },
  ],
  full: [
    { name: 'the dashboard of a participant', path: '/dashboard', viewer: 'participant' },
    { name: 'the dashboard of an organizer', path: '/dashboard', viewer: 'organizer' },
  ],
  error: [
    {
      name: 'the dashboard while its data fails',
      viewer: 'participant',
      ...whileFailing('/dashboard', 'dashboard'),
    },
  ],
});
