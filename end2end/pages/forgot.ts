import { errorSummary } from '../support/forms.ts';
import { page } from '../support/page-state.ts';

export default page('/auth/forgot', {
  empty: [{ name: 'the form for a forgotten password', path: '/auth/forgot' }],
  full: [{ name: 'the text after a request for a link', path: '/auth/forgot?sent=1' }],
  error: [
    {
      name: 'a request for a link without an email',
      path: '/auth/forgot',
      provokes: [400],
      then: async (page) => {
        await page.getByRole('main').getByRole('button').click();
        await errorSummary(page).waitFor();
      },
    },
  ],
});
