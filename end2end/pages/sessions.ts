import { page, whileFailing } from '../support/page-state.ts';

export default page('/account/sessions', {
  empty: [{ name: 'the sessions of a new participant', path: '/account/sessions', viewer: 'newParticipant' }],
  full: [{ name: 'the sessions', path: '/account/sessions', viewer: 'participant' }],
  error: [
    {
      name: 'the sessions while their data fails',
      viewer: 'participant',
      ...whileFailing('/account/sessions', 'sessions'),
    },
  ],
});
