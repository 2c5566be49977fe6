import { expect, open, test } from '../support/fixtures.ts';
import { logInAs } from '../support/session.ts';

test('a page whose code is no longer on the server is reloaded @js', async ({ browser, api }) => {
  // In its own context, because the browser logs that the code could not be fetched.
  const context = await browser.newContext();
  const page = await context.newPage();
  await logInAs(page, await api.participant());
  // As after an update of the server, when the code of other pages has new names.
  await page.route(/split_own.*\.wasm/, (route) => route.abort());
  await open(page, '/competitions');

  await page.getByRole('link', { name: 'Dashboard' }).click();

  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Dashboard');
  await expect(page).toHaveURL('/dashboard');
  await context.close();
});
