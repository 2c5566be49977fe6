import { page } from '../support/place.ts';
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
      name: 'a competition refused for all that is missing',
      path: '/competitions/create',
      viewer: 'organizer',
      provokes: [400],
      then: async (page) => {
        await createCompetition(page, {});
        await errorSummary(page).waitFor();
      },
    },
    { name: 'a page for others', path: '/competitions/create', viewer: 'participant', status: 403 },
  ],
});
