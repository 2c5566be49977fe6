import type { Page } from '@playwright/test';
import { expect, hydrated, open, test } from '../support/fixtures.ts';
import { errorSummary, expectFaultAt, expectFaults } from '../support/forms.ts';
import { logInAs } from '../support/session.ts';
import { toast } from '../support/toasts.ts';
import { createToken } from '../support/tokens.ts';

test.use({ expectedStatuses: [400, 409] });

function newToken(page: Page) {
  return page.getByRole('textbox', { name: 'New token' });
}

test('a token is shown once, and the API accepts it until it is revoked', async ({ page, api, request }) => {
  const participant = await api.participant();
  await logInAs(page, participant);
  await open(page, '/account');
  await page.getByRole('link', { name: 'Manage tokens' }).click();
  await expect(page.getByText('No tokens yet')).toBeVisible();

  await createToken(page, 'Results importer');
  await expect(newToken(page)).toHaveValue(/^mcpat_[0-9a-f]{72}$/);
  await expect(page).toHaveURL('/account/tokens');
  const token = await newToken(page).inputValue();
  const cookies = await page.context().cookies();
  expect(JSON.stringify(cookies)).not.toContain(token);
  const item = page.getByRole('article').filter({ hasText: 'Results importer' });
  await expect(item).toContainText('Never used');
  await expect(item).toContainText('Expires');

  const headers = { authorization: `Bearer ${token}` };
  const me = await request.get('/api/auth/me', { headers });
  expect(((await me.json()) as { email: string }).email).toBe(participant.email);
  const data = { name: 'Eve' };
  expect((await request.patch('/api/auth/me', { headers, data })).status()).toBe(403);

  const reloaded = await open(page, '/account/tokens');
  expect(reloaded?.headers()['cache-control']).toContain('no-store');
  await expect(item).toContainText('Last used');
  await expect(newToken(page)).toHaveCount(0);
  expect(await page.content()).not.toContain(token);

  await item.getByRole('link', { name: 'Revoke Results importer' }).click();
  await expect(page.getByRole('heading', { name: 'Revoke this token?' })).toBeVisible();
  await hydrated(page);
  await page.getByRole('button', { name: 'Revoke token' }).click();
  await expect(page).toHaveURL('/account/tokens');
  await expect(toast(page, 'The token is revoked')).toBeVisible();
  await expect(page.getByText('No tokens yet')).toBeVisible();
  expect((await request.get('/api/auth/me', { headers })).status()).toBe(401);
});

test('a token needs a name that no other token of the user has', async ({ page, api }) => {
  await logInAs(page, await api.participant());
  await open(page, '/account/tokens');
  await createToken(page, ' ', { scope: 'write', days: '' });
  await expectFaults(page, ['Enter a name']);
  await expect(page.getByLabel('Scope')).toHaveValue('write');
  await expect(page.getByLabel('Expires after')).toHaveValue('');

  await createToken(page, 'CI', { scope: 'write', days: '' });
  await expect(newToken(page)).toBeVisible();
  await expect(page.getByRole('article')).toContainText('Never expires');
  await expect(errorSummary(page)).toHaveCount(0);
  await createToken(page, 'CI');
  await expectFaults(page, ['You have a token with this name']);
  await expectFaultAt(page, page.getByLabel('Name', { exact: true }), 'You have a token with this name');
  await expect(page.getByRole('article')).toHaveCount(1);
});

test('a new token takes the focus and can be copied', { tag: '@js' }, async ({ page, context, api }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await logInAs(page, await api.organizer());
  await open(page, '/account/tokens');
  await createToken(page, 'CI');
  await expect(page.getByRole('status').filter({ has: newToken(page) })).toBeFocused();
  await page.getByRole('button', { name: 'Copy token' }).click();
  await expect(page.getByText('Token copied')).toBeVisible();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toBe(await newToken(page).inputValue());
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('');
});
