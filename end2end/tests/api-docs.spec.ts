import { expect, test } from '../support/fixtures.ts';

test('the documentation of the API is shown, and nothing of it is refused by its policy', { tag: '@js' }, async ({ page }) => {
  await page.goto('/api/docs/');

  await expect(page.getByRole('heading', { name: /Mini Compete/ })).toBeVisible();
  await page.getByText('Sign in', { exact: true }).first().click();
  await expect(page.getByText('Invalid credentials').first()).toBeVisible();
});
