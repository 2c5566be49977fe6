import type { Page } from '@playwright/test';
import { expect, hydrated, hydrates, open } from '../support/fixtures.ts';
import { errorSummary, expectFaultAt, expectFaults } from '../support/forms.ts';
import { expectSigned, test } from '../support/receiver.ts';
import { logInAs } from '../support/session.ts';
import { toast } from '../support/toasts.ts';
import { createWebhook, deliveries, fillWebhook, newSecret } from '../support/webhooks.ts';

test.use({ expectedStatuses: [400, 404, 409] });

const WEBHOOK = /\/webhooks\/[0-9a-f-]{36}$/;

/** Waits until the newest delivery has this text. Without our code only a reload shows what a job has done. */
async function expectNewest(page: Page, text: string): Promise<void> {
  const newest = deliveries(page).first();
  if (hydrates(page)) {
    await expect(newest).toContainText(text);
    return;
  }
  const reloaded = async () => {
    await page.getByRole('link', { name: 'Refresh' }).click();
    return newest.textContent();
  };
  await expect.poll(reloaded).toContain(text);
}

async function sendTest(page: Page): Promise<void> {
  await hydrated(page);
  await page.getByRole('button', { name: 'Send a test' }).click();
  await expect(toast(page, 'The test is sent').last()).toBeVisible();
}

test('requests are signed with the secret that is shown once', async ({ page, api, receiver }) => {
  await logInAs(page, await api.organizer());
  await open(page, '/dashboard');
  await page.getByRole('link', { name: 'Manage webhooks' }).click();
  await expect(page.getByText('No webhooks yet')).toBeVisible();

  await createWebhook(page, receiver.url, { description: 'Seats on our home page', events: ['competition.full'] });
  await expect(page).toHaveURL(WEBHOOK);
  await expect(page.getByText('Copy it now. It is not shown again.')).toBeVisible();
  await expect(newSecret(page)).toHaveValue(/^whsec_[A-Za-z0-9+/]{43}=$/);
  const secret = await newSecret(page).inputValue();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Seats on our home page');
  await expect(page.getByText('No deliveries yet')).toBeVisible();

  await sendTest(page);
  await expectNewest(page, 'Delivered');
  await expect(deliveries(page)).toContainText(['webhook.test']);
  await expect(deliveries(page)).toContainText(['1 attempt']);
  await expect(deliveries(page)).toContainText(['HTTP 204']);
  expect(receiver.requests).toHaveLength(1);
  for (const request of receiver.requests) {
    expectSigned(request, [secret]);
    expect((JSON.parse(request.body) as { type: string }).type).toBe('webhook.test');
  }

  await open(page, new URL(page.url()).pathname);
  await expect(newSecret(page)).toHaveCount(0);
  expect(await page.content()).not.toContain(secret);
  await page.getByRole('link', { name: 'All webhooks' }).click();
  const item = page.getByRole('article').filter({ hasText: 'Seats on our home page' });
  await expect(item).toContainText('Enabled');
  await expect(item).toContainText('competition.full');
  await expect(item).toContainText('Of all your competitions');
});

test('a delivery is sent again, and the log shows what the receiver answered', async ({ page, api, receiver }) => {
  const organizer = await api.organizer();
  const webhook = await api.createWebhook(organizer, receiver.url);
  await logInAs(page, organizer);
  await open(page, `/webhooks/${webhook.id}`);
  await sendTest(page);
  await expectNewest(page, 'Delivered');

  receiver.status = 500;
  await hydrated(page);
  await page.getByRole('button', { name: 'Send again webhook.test' }).click();
  await expect(toast(page, 'The delivery is sent again')).toBeVisible();
  await expectNewest(page, 'HTTP 500');
  await expect(deliveries(page)).toContainText(['Pending']);
  receiver.status = 204;
  await hydrated(page);
  await page.getByRole('button', { name: 'Send again webhook.test' }).click();
  await expectNewest(page, 'Delivered');
  const ids = receiver.requests.map(({ headers }) => headers['webhook-id']);
  expect(ids.length).toBeGreaterThanOrEqual(3);
  expect(new Set(ids).size).toBe(1);
});

test('a webhook is edited, disabled and enabled', async ({ page, api, receiver }) => {
  const organizer = await api.organizer();
  const webhook = await api.createWebhook(organizer, receiver.url);
  await logInAs(page, organizer);
  await open(page, `/webhooks/${webhook.id}`);
  await page.getByRole('link', { name: 'Edit', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Edit webhook' })).toBeVisible();
  await fillWebhook(page, 'ftp://club.example', { description: 'Home page', events: ['registration.created'] });
  await page.getByRole('button', { name: 'Save changes' }).click();
  const fault = 'Enter a URL that begins with https://';
  await expectFaults(page, [fault]);
  await expectFaultAt(page, page.getByLabel('URL'), fault);
  await expect(page.getByLabel('Description (optional)')).toHaveValue('Home page');
  await expect(page.getByRole('checkbox', { name: 'registration.created' })).toBeChecked();

  await page.getByLabel('URL').fill(`${receiver.url}/2`);
  await page.getByRole('checkbox', { name: 'Enabled' }).uncheck();
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(page).toHaveURL(WEBHOOK);
  await expect(toast(page, 'Your changes are saved')).toBeVisible();
  await expect(page.getByRole('heading', { level: 1, name: 'Home page' })).toBeVisible();
  await expect(page.getByText(`${receiver.url}/2`, { exact: true })).toBeVisible();
  await expect(page.getByText('You have disabled it. To send events again, edit it.')).toBeVisible();
  await hydrated(page);
  await page.getByRole('button', { name: 'Send a test' }).click();
  await expect(errorSummary(page)).toContainText('This webhook is disabled. Enable it first.');

  await page.getByRole('link', { name: 'Edit', exact: true }).click();
  await hydrated(page);
  await page.getByRole('checkbox', { name: 'Enabled' }).check();
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(page.getByText('Enabled', { exact: true })).toBeVisible();
  await sendTest(page);
  await expectNewest(page, 'Delivered');
});

test('requests are signed with the new secret and, for a day, with the previous one', async ({ page, api, receiver }) => {
  const organizer = await api.organizer();
  const { id, secret: previous } = await api.createWebhook(organizer, receiver.url);
  await logInAs(page, organizer);
  await open(page, `/webhooks/${id}`);
  await page.getByRole('link', { name: 'Rotate secret' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Rotate the secret of this webhook?' })).toBeVisible();
  await hydrated(page);
  await page.getByRole('button', { name: 'Rotate secret' }).click();
  await expect(page).toHaveURL(WEBHOOK);
  await expect(newSecret(page)).toHaveValue(/^whsec_/);
  const secret = await newSecret(page).inputValue();
  expect(secret).not.toBe(previous);
  await expect(page.getByText('Requests are signed with the previous secret too until')).toBeVisible();
  await sendTest(page);
  await expectNewest(page, 'Delivered');
  expect(receiver.requests).toHaveLength(1);
  for (const request of receiver.requests) expectSigned(request, [secret, previous]);
});

test('a deleted webhook is gone', async ({ page, api, receiver }) => {
  const organizer = await api.organizer();
  const webhook = await api.createWebhook(organizer, receiver.url);
  await logInAs(page, organizer);
  await open(page, `/webhooks/${webhook.id}`);
  await page.getByRole('link', { name: 'Delete' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Delete this webhook?' })).toBeVisible();
  await hydrated(page);
  await page.getByRole('button', { name: 'Delete webhook' }).click();
  await expect(page).toHaveURL('/webhooks');
  await expect(toast(page, 'The webhook is deleted')).toBeVisible();
  await expect(page.getByText('No webhooks yet')).toBeVisible();
  const response = await open(page, `/webhooks/${webhook.id}`);
  expect(response?.status()).toBe(404);
});

test('a webhook needs an address, and a refused form keeps its text', async ({ page, api }) => {
  const organizer = await api.organizer();
  const competition = await api.competition({ owner: organizer });
  await logInAs(page, organizer);
  await open(page, `/competitions/${competition.id}/manage/settings`);
  await page.getByRole('main').getByRole('link', { name: 'Webhooks' }).click();
  await expect(page).toHaveURL(`/webhooks?competition=${competition.id}`);
  await expect(page.getByLabel('Competition', { exact: true })).toHaveValue(competition.id);

  await createWebhook(page, ' ', { description: 'Seats', events: ['competition.full', 'competition.changed'] });
  await expectFaults(page, ['Enter a URL']);
  await expectFaultAt(page, page.getByLabel('URL'), 'Enter a URL');
  await expect(page.getByLabel('Description (optional)')).toHaveValue('Seats');
  await expect(page.getByRole('checkbox', { checked: true })).toHaveCount(2);
  await expect(page.getByLabel('Competition', { exact: true })).toHaveValue(competition.id);
  await page.getByLabel('URL').fill('https://club.example/hook');
  await page.getByRole('button', { name: 'Create webhook' }).click();
  await expect(page).toHaveURL(WEBHOOK);
  await expect(page.getByText(`Only of ${competition.title}`)).toBeVisible();
});

test('an organizer has ten webhooks at most', async ({ page, api }) => {
  const organizer = await api.organizer();
  for (let count = 0; count < 10; count++) await api.createWebhook(organizer, 'https://club.example/hook');
  await logInAs(page, organizer);
  await open(page, '/webhooks');
  await expect(page.getByRole('article')).toHaveCount(10);
  await createWebhook(page, 'https://club.example/hook');
  await expect(errorSummary(page)).toContainText('You have 10 webhooks. Delete one of them first.');
});

test('the log has pages', async ({ page, api, receiver }) => {
  const organizer = await api.organizer();
  const webhook = await api.createWebhook(organizer, receiver.url);
  for (let count = 0; count < 21; count++) await api.sendTest(organizer, webhook.id);
  await logInAs(page, organizer);
  await open(page, `/webhooks/${webhook.id}`);
  await expect(deliveries(page)).toHaveCount(20);
  await page.getByRole('link', { name: 'Next' }).click();
  await expect(page).toHaveURL(/\?page=2$/);
  await expect(page.getByRole('heading', { name: 'Deliveries, page 2 of 2' })).toBeVisible();
  await expect(deliveries(page)).toHaveCount(1);
  await expectNewest(page, 'Delivered');
  await hydrated(page);
  await page.getByRole('button', { name: 'Send again' }).click();
  await expect(toast(page, 'The delivery is sent again')).toBeVisible();
  await expect(page).toHaveURL(/\?page=2$/);
});

test('the secret can be copied, and stays while the log is updated', { tag: '@js' }, async ({ page, context, api, receiver }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await logInAs(page, await api.organizer());
  await open(page, '/webhooks');
  await createWebhook(page, receiver.url);
  await page.getByRole('button', { name: 'Copy secret' }).click();
  await expect(page.getByText('Secret copied')).toBeVisible();
  const secret = await page.evaluate(() => navigator.clipboard.readText());
  await expect(newSecret(page)).toHaveValue(secret);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(new URL(receiver.url).host);
  await sendTest(page);
  await expectNewest(page, 'Delivered');
  await expect(newSecret(page)).toHaveValue(secret);
});

test('a webhook of another organizer does not exist', async ({ page, api, receiver }) => {
  const webhook = await api.createWebhook(await api.organizer(), receiver.url);
  await logInAs(page, await api.organizer());
  for (const path of ['', '/edit', '/rotate-secret', '/delete']) {
    const response = await open(page, `/webhooks/${webhook.id}${path}`);
    expect(response?.status()).toBe(404);
    await expect(page.getByRole('heading', { name: 'Webhook not found' })).toBeVisible();
  }
});

test.describe('forbidden', () => {
  test.use({ expectedStatuses: [403] });

  test('a participant has no webhooks', async ({ page, api, receiver }) => {
    const webhook = await api.createWebhook(await api.organizer(), receiver.url);
    await logInAs(page, await api.participant());
    for (const path of ['/webhooks', `/webhooks/${webhook.id}`, `/webhooks/${webhook.id}/edit`]) {
      const response = await open(page, path);
      expect(response?.status()).toBe(403);
      await expect(page.getByRole('heading', { name: 'This page is not for your account' })).toBeVisible();
    }
  });
});

test('a visitor logs in first', async ({ page }) => {
  await open(page, '/webhooks');
  await expect(page).toHaveURL('/auth/login?next=%2Fwebhooks');
});
