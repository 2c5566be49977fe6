import { newEmail } from '../support/api.ts';
import { errorSummary } from '../support/forms.ts';
import { page } from '../support/place.ts';
import { logIn } from '../support/session.ts';

export default page('/auth/login', {
  empty: [{ name: 'the login', path: '/auth/login' }],
  full: [
    {
      name: 'a login with the wrong password',
      path: '/auth/login',
      provokes: [401],
      then: async (page) => {
        await logIn(page, newEmail(), 'not the password');
        await errorSummary(page).waitFor();
      },
    },
  ],
  error: [
    {
      name: 'a login refused for all that is missing',
      path: '/auth/login',
      provokes: [400],
      then: async (page) => {
        await logIn(page, '', '');
        await errorSummary(page).waitFor();
      },
    },
  ],
});
