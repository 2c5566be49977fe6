import { never, page } from '../support/page-state.ts';

const PATH = '/unsubscribe/0123456789abcdef/reminders';

export default page('/unsubscribe/:key/:kind', {
  empty: never('the page needs the link of a mail'),
  full: never('links are in mails only: server/tests/it/mail_preferences.rs follows one'),
  error: [{ name: 'a link that no mail has', path: PATH, status: 404 }],
});
