import { errorSummary } from '../support/forms.ts';
import { page } from '../support/place.ts';

export default page('/auth/forgot', {
  empty: [{ name: 'the form of who forgot the password', path: '/auth/forgot' }],
  full: [{ name: 'the words after it', path: '/auth/forgot?sent=1' }],
  error: [
    {
      name: 'a request for a link without an address',
      path: '/auth/forgot',
      provokes: [400],
      then: async (page) => {
        await page.getByRole('main').getByRole('button').click();
        await errorSummary(page).waitFor();
      },
    },
  ],
});
