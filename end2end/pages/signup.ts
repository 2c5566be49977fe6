import { errorSummary } from '../support/forms.ts';
import { page } from '../support/page-state.ts';
import { signUp } from '../support/session.ts';

export default page('/auth/signup', {
  empty: [{ name: 'the sign-up', path: '/auth/signup' }],
  full: [
    {
      name: 'a sign-up refused for its password',
      path: '/auth/signup',
      provokes: [400],
      then: async (page) => {
        await signUp(page, { role: 'Organize', name: 'Olga', email: 'no-address', password: 'short' });
        await errorSummary(page).waitFor();
      },
    },
  ],
  error: [
    {
      name: 'an empty sign-up that was refused',
      path: '/auth/signup',
      provokes: [400],
      then: async (page) => {
        await signUp(page, { role: 'Organize', name: '', email: '', password: '' });
        await errorSummary(page).waitFor();
      },
    },
  ],
});
