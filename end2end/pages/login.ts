import { newEmail } from '../support/api.ts';
import { errorSummary } from '../support/forms.ts';
import { page } from '../support/page-state.ts';
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
      name: 'an empty login that was refused',
      path: '/auth/login',
      provokes: [400],
      then: async (page) => {
        await logIn(page, '', '');
        await errorSummary(page).waitFor();
      },
    },
  ],
});
