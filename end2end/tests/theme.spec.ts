import type { Page } from '@playwright/test';
import { expect, hydrated, open, test } from '../support/fixtures.ts';

const html = (page: Page) => page.locator('html');

async function choose(page: Page, theme: 'Light' | 'Dark' | 'System'): Promise<void> {
  await hydrated(page);
  await page.getByRole('contentinfo').getByRole('button', { name: theme }).click();
}

/** The background colour of the page. */
async function background(page: Page): Promise<string> {
  return page.evaluate(() => getComputedStyle(document.body).getPropertyValue('--color-base-200'));
}

test('a chosen theme applies at once, stays, and can be reset', { tag: '@phone' }, async ({ page }) => {
  await open(page, '/competitions?sort=title');
  const light = await background(page);

  await choose(page, 'Dark');
  await expect(html(page)).toHaveAttribute('data-theme', 'dark');
  await expect(page).toHaveURL('/competitions?sort=title');
  await expect(page.getByRole('button', { name: 'Dark' })).toHaveAttribute('aria-pressed', 'true');
  expect(await background(page)).not.toBe(light);

  // In the HTML of the server, in its first element.
  await expect.poll(async () => (await (await page.request.get('/')).text()).slice(0, 80)).toContain('data-theme="dark"');
  await open(page, '/');
  await expect(html(page)).toHaveAttribute('data-theme', 'dark');

  await choose(page, 'System');
  await expect(html(page)).not.toHaveAttribute('data-theme');
  expect(await background(page)).toBe(light);
});

test('changing the theme keeps the typed text', { tag: '@js' }, async ({ page }) => {
  await open(page, '/auth/signup');
  await page.getByLabel('Name').fill('Theo');

  await choose(page, 'Dark');

  await expect(html(page)).toHaveAttribute('data-theme', 'dark');
  await expect(page.getByLabel('Name')).toHaveValue('Theo');
  await expect(page.getByRole('button', { name: 'Dark' })).toBeFocused();
});

test('the theme of the system is the default', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await open(page, '/');
  const light = await background(page);
  await page.emulateMedia({ colorScheme: 'dark' });
  expect(await background(page)).not.toBe(light);
});

test('the chosen theme overrides that of the system', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await open(page, '/');
  const light = await background(page);
  await choose(page, 'Light');
  await expect(html(page)).toHaveAttribute('data-theme', 'light');
  await page.emulateMedia({ colorScheme: 'dark' });
  expect(await background(page)).toBe(light);
});
