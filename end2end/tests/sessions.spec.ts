import type { Page } from '@playwright/test';
import { PASSWORD } from '../support/api.ts';
import { expect, hydrated, open, test } from '../support/fixtures.ts';
import { logIn, logInAs } from '../support/session.ts';
import { toast } from '../support/toasts.ts';

const items = (page: Page) => page.getByRole('list', { name: 'Browsers' }).getByRole('listitem');

test('a user sees their sessions and logs out of another browser', { tag: '@phone' }, async ({ page, api, browser, baseURL }) => {
  const participant = await api.participant();
  await logInAs(page, participant);
  const other = await (await browser.newContext({ baseURL })).newPage();
  await logInAs(other, participant);
  await open(page, '/account');
  await page.getByRole('link', { name: 'Manage sessions' }).click();
  await expect(items(page)).toHaveCount(2);
  await expect(items(page).first()).toContainText('This browser, now');
  await expect(items(page).last()).toContainText('Last used');

  await hydrated(page);
  await items(page).last().getByRole('button', { name: /^Log out/ }).click();

  await expect(toast(page, 'That browser is logged out')).toBeVisible();
  await expect(items(page)).toHaveCount(1);
  await other.goto('/mailbox');
  await expect(other).toHaveURL(/\/auth\/login/);
  await other.context().close();
});

test('logging out of all others leaves this browser', async ({ page, api, browser, baseURL }) => {
  const participant = await api.participant();
  await logInAs(page, participant);
  const other = await (await browser.newContext({ baseURL })).newPage();
  await logInAs(other, participant);
  await open(page, '/account/sessions');
  await expect(page.getByText('1 login of a program with your password.')).toBeVisible();

  await hydrated(page);
  await page.getByRole('button', { name: 'Log out of all others' }).click();

  await expect(toast(page, 'All others are logged out')).toBeVisible();
  await expect(items(page)).toHaveCount(1);
  await expect(page.getByText('No program is logged in with your password.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Log out of all others' })).toBeHidden();
  const me = await page.request.get('/api/auth/me', { headers: { authorization: `Bearer ${participant.token}` } });
  expect(me.status()).toBe(401);
  await other.goto('/mailbox');
  await expect(other).toHaveURL(/\/auth\/login/);
  await other.context().close();
});

test.describe('in a browser with a time zone', () => {
  test.use({ timezoneId: 'Asia/Calcutta' });

  test('a session names the browser and the city of its time zone', { tag: '@js' }, async ({ page, api }) => {
    const participant = await api.participant();
    await open(page, '/auth/login');
    await logIn(page, participant.email, PASSWORD);
    await expect(page).toHaveURL('/dashboard');
    await open(page, '/account/sessions');
    await expect(items(page)).toHaveText([/Chrome on (Linux|Windows|macOS), Kolkata time zone/]);
  });
});

test('the data of the account is downloaded as JSON', async ({ page, api }) => {
  const [participant, competition] = await Promise.all([api.participant(), api.competition()]);
  await api.register(participant, competition);
  await expect.poll(() => api.mailOf(participant)).toHaveLength(1);
  await logInAs(page, participant);
  await open(page, '/account');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download your data', exact: true }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('mini-compete-data.json');
  const chunks: Buffer[] = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
  const data = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown[]>;
  expect(data['account']).toMatchObject({ email: participant.email });
  expect(data['registrations']).toMatchObject([{ competition: { title: competition.title } }]);
  expect(data['messages']).toHaveLength(1);
});
