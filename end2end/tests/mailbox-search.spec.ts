import type { Page } from '@playwright/test';
import type { Api, Person } from '../support/api.ts';
import { expect, hydrated, open, test } from '../support/fixtures.ts';
import { logInAs } from '../support/session.ts';
import { toast } from '../support/toasts.ts';
import { unique } from '../support/unique.ts';

const messages = (page: Page) => page.getByRole('list', { name: 'Messages' }).getByRole('link');

/** A participant with a message about each competition. */
async function participantWithMail(api: Api, titles: string[]): Promise<Person> {
  const participant = await api.participant();
  for (const title of titles) await api.register(participant, await api.competition({ title }));
  await expect.poll(() => api.mailOf(participant)).toHaveLength(titles.length);
  return participant;
}

test('a search finds messages by their text, and is in the address', { tag: '@phone' }, async ({ page, api }) => {
  const [chess, go] = [unique('Chess'), unique('Go')];
  await logInAs(page, await participantWithMail(api, [chess, go]));
  await open(page, '/mailbox');

  await page.getByLabel('Search messages').fill(chess.toUpperCase());
  await page.getByRole('button', { name: 'Search' }).click();

  await expect(page.getByText('1 message found')).toBeVisible();
  await expect(messages(page)).toHaveText([new RegExp(chess)]);
  await expect(page).toHaveURL(/\/mailbox\?search=/);
  await expect(page.getByLabel('Search messages')).toHaveValue(chess.toUpperCase());

  await hydrated(page);
  await messages(page).click();
  await expect(page.getByRole('article')).toContainText(chess);
  await expect(page).toHaveURL(/search=.*mail=/);
  await hydrated(page);
  await page.getByRole('link', { name: 'Close message' }).click();
  await expect(page.getByText('1 message found')).toBeVisible();
  await hydrated(page);
  await page.getByRole('link', { name: 'Show all messages' }).click();
  await expect(messages(page)).toHaveCount(2);
});

test('no match differs from an empty mailbox', async ({ page, api }) => {
  await logInAs(page, await participantWithMail(api, [unique('Chess')]));

  await open(page, `/mailbox?search=${encodeURIComponent(unique('Nothing'))}`);

  await expect(page.getByText('0 messages found')).toBeVisible();
  await expect(page.getByText('No messages match your search')).toBeVisible();
});

test('all messages are marked as read, and the toast can be dismissed', { tag: '@phone' }, async ({ page, api }) => {
  await logInAs(page, await participantWithMail(api, [unique('Chess'), unique('Go')]));
  await open(page, '/mailbox');
  const link = page.getByRole('banner').getByRole('link', { name: 'Mailbox' });
  await expect(link).toHaveText(/2 unread/);

  await page.getByRole('button', { name: 'Mark all as read' }).click();

  const message = toast(page, '2 messages marked as read');
  await expect(message).toBeVisible();
  await expect(page.getByText('2 messages, 0 unread')).toBeVisible();
  await expect(link).toHaveText('Mailbox');
  await expect(page.getByRole('button', { name: 'Mark all as read' })).toBeHidden();

  await hydrated(page);
  await page.getByRole('link', { name: 'Dismiss this message' }).click();
  await expect(message).toBeHidden();
  await open(page, '/mailbox');
  await expect(message).toBeHidden();
});

test('a toast leaves after some seconds, once neither pointer nor focus is on it', { tag: '@js' }, async ({ page, api }) => {
  await page.clock.install();
  await logInAs(page, await participantWithMail(api, [unique('Chess')]));
  await open(page, '/mailbox');
  await hydrated(page);
  await page.getByRole('button', { name: 'Mark all as read' }).click();
  const message = toast(page, '1 message marked as read');
  await message.hover();
  await page.clock.runFor(30_000); // ms
  await expect(message).toBeVisible();

  await page.getByRole('link', { name: 'Dismiss this message' }).focus();
  await page.mouse.move(0, 0);
  await page.clock.runFor(30_000);
  await expect(message).toBeVisible();

  await page.getByRole('heading', { level: 1 }).focus();
  await page.clock.runFor(5_000);
  await expect(message).toBeVisible();
  await page.clock.runFor(10_000);
  await expect(message).toBeHidden();
});

test('a message can be marked as unread', async ({ page, api }) => {
  await logInAs(page, await participantWithMail(api, [unique('Chess')]));
  await open(page, '/mailbox');
  await messages(page).click();
  await expect(page.getByText('1 message, 0 unread')).toBeVisible();
  await hydrated(page);

  await page.getByRole('button', { name: 'Mark as unread' }).click();

  await expect(page).toHaveURL('/mailbox');
  await expect(page.getByText('1 message, 1 unread')).toBeVisible();
  await expect(toast(page, '1 message marked as unread')).toBeVisible();
  await expect(page.getByRole('banner').getByRole('link', { name: 'Mailbox' })).toHaveText(/1 unread/);
});
