import { page } from '../support/page-state.ts';
import { createCompetition, errorSummary } from '../support/forms.ts';

export default page('/competitions/create', {
  empty: [{ name: 'the form for a competition', path: '/competitions/create', viewer: 'organizer' }],
  full: [
    {
      name: 'a competition refused for its dates',
      path: '/competitions/create',
      viewer: 'organizer',
      provokes: [400],
      then: async (page) => {
        await createCompetition(page, {
          Title: 'Too late',
          Description: 'Seven rounds.\n\nBring a board.',
          'Tags (optional)': 'chess, open',
          Capacity: '2',
          'Registration closes': '2001-01-01T12:00',
          'Starts (optional)': '2001-01-01T11:00',
        });
        await errorSummary(page).waitFor();
      },
    },
  ],
  error: [
    {
      name: 'an empty competition form that was refused',
      path: '/competitions/create',
      viewer: 'organizer',
      provokes: [400],
      then: async (page) => {
        await createCompetition(page, {});
        await errorSummary(page).waitFor();
      },
    },
    { name: 'the form for a competition for a participant', path: '/competitions/create', viewer: 'participant', status: 403 },
  ],
});
