import { expect, test } from '../support/fixtures.ts';

test('the documentation of the API is found and shown, and nothing of it is refused by its policy', { tag: '@js' }, async ({ page }) => {
  await page.goto('/');
  await page.getByRole('link', { name: 'API for developers' }).click();

  await expect(page.getByRole('heading', { name: /Mini Compete/ })).toBeVisible();
  await page.getByText('Sign in', { exact: true }).first().click();
  await expect(page.getByText('Invalid credentials').first()).toBeVisible();
});
