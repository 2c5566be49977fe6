import type { Page } from '@playwright/test';
import type { Api, Competition, Person } from '../support/api.ts';
import { errorSummary } from '../support/forms.ts';
import { expect, hydrated, open, test } from '../support/fixtures.ts';
import { logInAs } from '../support/session.ts';
import { toast } from '../support/toasts.ts';
import { unique } from '../support/unique.ts';

test.use({ expectedStatuses: [400] });

const lines = (page: Page) => page.getByRole('list', { name: 'Messages' }).getByRole('link');
const button = (page: Page, name: string) => page.getByRole('group', { name: 'Chosen messages' }).getByRole('button', { name, exact: true });

/** A participant with two messages about a cancelled competition, and one about another. */
async function participantWithThread(api: Api): Promise<{ participant: Person; cancelled: Competition; other: Competition }> {
  const [participant, owner] = await Promise.all([api.participant(), api.organizer()]);
  const cancelled = await api.competition({ owner, title: unique('Chess') });
  const other = await api.competition({ title: unique('Go') });
  await api.register(participant, cancelled);
  await expect.poll(() => api.mailOf(participant)).toHaveLength(1);
  await api.register(participant, other);
  await expect.poll(() => api.mailOf(participant)).toHaveLength(2);
  await api.cancel(owner, cancelled);
  await expect.poll(() => api.mailOf(participant)).toHaveLength(3);
  return { participant, cancelled, other };
}

test('messages about one competition are a conversation', { tag: '@phone' }, async ({ page, api }) => {
  const { participant, cancelled, other } = await participantWithThread(api);
  await logInAs(page, participant);
  await open(page, '/mailbox');

  await expect(page.getByText('2 conversations, 3 unread')).toBeVisible();
  await expect(lines(page)).toHaveText([
    new RegExp(`Competition cancelled: ${cancelled.title}.*2 unread.*2 messages, the newest`, 's'),
    new RegExp(`Registration Confirmed: ${other.title}`),
  ]);
  await hydrated(page);
  await lines(page).first().click();

  await expect(page.getByRole('heading', { level: 1, name: cancelled.title })).toBeVisible();
  await expect(page.getByText('2 messages', { exact: true })).toBeVisible();
  await expect(lines(page)).toHaveCount(2);
  await hydrated(page);
  await lines(page).last().click();
  await expect(page.getByRole('article', { name: `Registration Confirmed: ${cancelled.title}` })).toBeVisible();
  await hydrated(page);
  await page.getByRole('link', { name: 'Close message' }).click();
  await expect(lines(page)).toHaveCount(2);
  await hydrated(page);
  await page.getByRole('link', { name: 'Show all messages' }).click();
  await expect(page.getByText('2 conversations, 2 unread')).toBeVisible();
});

test('chosen conversations are marked as read, deleted and restored', async ({ page, api }) => {
  const { participant, cancelled, other } = await participantWithThread(api);
  await logInAs(page, participant);
  await open(page, '/mailbox');
  await hydrated(page);
  await button(page, 'Delete').click();
  await expect(errorSummary(page)).toContainText('Choose at least one message');

  const first = page.getByLabel(`Choose: Competition cancelled: ${cancelled.title}`);
  await hydrated(page);
  await first.check();
  await button(page, 'Mark as read').click();
  await expect(toast(page, '2 messages marked as read')).toBeVisible();
  await expect(page.getByText('2 conversations, 1 unread')).toBeVisible();
  await expect(page.getByRole('banner').getByRole('link', { name: 'Mailbox' })).toHaveText(/1 unread/);

  await hydrated(page);
  await first.check();
  await button(page, 'Delete').click();
  await expect(toast(page, '2 messages deleted')).toBeVisible();
  await expect(lines(page)).toHaveText([new RegExp(other.title)]);
  expect(await api.mailOf(participant)).toHaveLength(1);

  await hydrated(page);
  await page.getByRole('link', { name: 'Deleted messages' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Deleted messages' })).toBeVisible();
  await expect(lines(page)).toHaveCount(2);
  await hydrated(page);
  await lines(page).last().click();
  await expect(page.getByRole('article')).toContainText(cancelled.title);
  await hydrated(page);
  await page.getByRole('article').getByRole('button', { name: 'Restore' }).click();
  await expect(toast(page, '1 message restored')).toBeVisible();
  await expect(lines(page)).toHaveCount(1);
  expect(await api.mailOf(participant)).toHaveLength(2);
});

test('all messages of a page are chosen at once', { tag: '@js' }, async ({ page, api }) => {
  const { participant } = await participantWithThread(api);
  await logInAs(page, participant);
  await open(page, '/mailbox');
  await hydrated(page);
  await page.getByLabel('Choose all').check();
  await button(page, 'Delete').click();
  await expect(toast(page, '3 messages deleted')).toBeVisible();
  await expect(page.getByText('No messages', { exact: true })).toBeVisible();
});

test('an unread message about the account is not deleted', async ({ page, api }) => {
  const participant = await api.participant();
  await api.createToken(participant, 'CI');
  const subject = 'A personal access token was created';
  await expect.poll(() => api.mailOf(participant)).toHaveLength(1);
  await logInAs(page, participant);
  await open(page, '/mailbox');
  await hydrated(page);
  await page.getByLabel(`Choose: ${subject}`).check();
  await button(page, 'Delete').click();
  await expect(
    toast(page, '1 message about your account is unread. Open it before you delete it.'),
  ).toBeVisible();

  await hydrated(page);
  await lines(page).click();
  await expect(page.getByRole('article')).toContainText('CI');
  await hydrated(page);
  await page.getByRole('article').getByRole('button', { name: 'Delete' }).click();
  await expect(toast(page, '1 message deleted')).toBeVisible();
  await expect(lines(page)).toHaveCount(0);
});

test('the header counts a message that arrives, and the mailbox offers to show it', { tag: '@js' }, async ({ page, api }) => {
  const [participant, competition] = await Promise.all([api.participant(), api.competition()]);
  await page.clock.install();
  await logInAs(page, participant);
  await open(page, '/mailbox');
  await hydrated(page);
  await expect(page.getByText('No messages yet')).toBeVisible();
  await api.register(participant, competition);
  await expect.poll(() => api.mailOf(participant)).toHaveLength(1);

  await page.clock.runFor(31_000); // ms

  await expect(page.getByRole('banner').getByRole('link', { name: 'Mailbox' })).toHaveText(/1 unread/);
  await page.getByRole('button', { name: 'Show new messages' }).click();
  await expect(lines(page)).toHaveText([new RegExp(competition.title)]);
  await expect(page.getByRole('button', { name: 'Show new messages' })).toBeHidden();
});

test('the mailbox offers nothing new after a message that arrived on another page', { tag: '@js' }, async ({ page, api }) => {
  const [participant, competition] = await Promise.all([api.participant(), api.competition()]);
  await page.clock.install();
  await logInAs(page, participant);
  await open(page, '/dashboard');
  await hydrated(page);
  await api.register(participant, competition);
  await expect.poll(() => api.mailOf(participant)).toHaveLength(1);
  await page.clock.runFor(31_000); // ms
  const link = page.getByRole('banner').getByRole('link', { name: 'Mailbox' });
  await expect(link).toHaveText(/1 unread/);

  await link.click();

  await expect(lines(page)).toHaveText([new RegExp(competition.title)]);
  await expect(page.getByRole('button', { name: 'Show new messages' })).toBeHidden();
});
