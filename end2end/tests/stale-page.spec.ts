import { expect, open, test } from '../support/fixtures.ts';
import { signIn } from '../support/session.ts';

test('a page whose code is gone from the server is loaded whole @js', async ({ browser, api }) => {
  // In a context of its own: the browser logs that the code could not be fetched, which would be a problem elsewhere.
  const context = await browser.newContext();
  const page = await context.newPage();
  await signIn(page, await api.participant());
  // As after an update of the server: the code of other pages has other names now.
  await page.route(/split_own.*\.wasm/, (route) => route.abort());
  await open(page, '/competitions');

  await page.getByRole('link', { name: 'Dashboard' }).click();

  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Dashboard');
  await expect(page).toHaveURL('/dashboard');
  await context.close();
});
