import { expect, test } from '../support/fixtures.ts';

test('the API documentation is linked, and its content security policy refuses nothing', { tag: '@js' }, async ({ page }) => {
  await page.goto('/');
  await page.getByRole('link', { name: 'API for developers' }).click();

  await expect(page.getByRole('heading', { name: /Mini Compete/ })).toBeVisible();
  await page.getByText('Log in', { exact: true }).first().click();
  await expect(page.getByText('Invalid credentials').first()).toBeVisible();
});
