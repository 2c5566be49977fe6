import { expect, open, test } from '../support/fixtures.ts';
import { hold } from '../support/held.ts';
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

test('a page whose code cannot be fetched is loaded once and handled by the browser @js', async ({ browser, api }) => {
  // In its own context, because the browser logs that the code could not be fetched.
  const context = await browser.newContext();
  const page = await context.newPage();
  const [participant, competition] = await Promise.all([api.participant(), api.competition()]);
  await logInAs(page, participant);
  // As while a server is updated, when another one has the code that the page names.
  await page.route(/split_discover.*\.wasm/, (route) => route.abort());
  let loads = 0;
  page.on('framenavigated', () => (loads += 1));

  await page.goto(`/competitions/${competition.id}`);

  await expect(page.locator('html[data-handed-over=broken]')).toBeAttached();
  expect(loads).toBe(1);
  await page.getByRole('button', { name: 'Register' }).click();
  await expect(page.getByText('You are registered')).toBeVisible();
  await page.getByRole('banner').getByRole('link', { name: 'Competitions' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Competitions');
  await context.close();
});

test('a page is marked as hydrated once the code of its bundle has arrived @js', async ({ page }) => {
  const bundle = await hold(page, '**/split_discover*.wasm');
  await page.goto('/competitions');
  await bundle.answered;
  // The main code runs: it has drawn a frame since it asked for the bundle.
  await page.evaluate(() => new Promise(requestAnimationFrame));
  await expect(page.locator('html[data-hydrated]')).not.toBeAttached();

  await bundle.release();

  await expect(page.locator('html[data-hydrated]')).toBeAttached();
});
