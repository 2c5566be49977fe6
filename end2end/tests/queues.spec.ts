import type { Page } from '@playwright/test';
import { expect, hydrated, javaScriptOn, open, test } from '../support/fixtures.ts';
import { expectFaultAt, expectFaults } from '../support/forms.ts';
import { DEAD_JOBS } from '../support/dead-jobs.ts';
import { logInAs } from '../support/session.ts';
import { toast } from '../support/toasts.ts';

/** The failed job whose error names this. */
const dead = (page: Page, name: keyof typeof DEAD_JOBS) =>
  page.getByRole('list', { name: 'Failed jobs' }).getByRole('listitem').filter({ hasText: name });

test('an administrator sees the counts of every job type, and the failed jobs', { tag: '@phone' }, async ({ page, api }) => {
  await logInAs(page, await api.admin());
  await open(page, '/');

  await page.getByRole('banner').getByRole('link', { name: 'Queues' }).click();

  await expect(page.getByRole('heading', { level: 1, name: 'Queues' })).toBeVisible();
  for (const kind of ['clean_up', 'confirm_registrations', 'send_reminders']) {
    await expect(page.getByRole('table').getByText(kind)).toBeVisible();
  }
  await expect(dead(page, 'scores')).toContainText('deliver_webhooks');
  await expect(dead(page, 'scores')).toContainText('Failed 3 times');
  await expect(dead(page, 'scores')).toContainText('answered 500');
  await expect(page.getByRole('link', { name: 'Refresh', exact: true })).toBeVisible();
});

test('a retried mail returns to its queue, and waits while there is no mail server', async ({ page, api }) => {
  const name = javaScriptOn() ? 'nora' : 'omar';
  await logInAs(page, await api.admin());
  await open(page, '/admin/queues');
  await hydrated(page);

  await dead(page, name).getByRole('button', { name: 'Retry' }).click();

  await expect(toast(page, 'The job is back in its queue')).toBeVisible();
  await expect(dead(page, name)).toBeHidden();
  await page.reload();
  const counts = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: 'deliver_mail' }) });
  await expect(counts.getByRole('cell').first()).toHaveText(/^[1-9]$/);
});

test.describe('discarding', () => {
  test.use({ expectedStatuses: [400] });

  test('a job is discarded only after its type is typed', async ({ page, api }) => {
    const name = javaScriptOn() ? 'lena' : 'paul';
    await logInAs(page, await api.admin());
    await open(page, '/admin/queues');
    await dead(page, name).getByRole('link', { name: 'Discard' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Discard this job?' })).toBeVisible();
    await hydrated(page);

    await page.getByLabel('Job type').fill('clean_up');
    await page.getByRole('button', { name: 'Discard' }).click();
    const fault = 'Type deliver_mail to discard this job';
    await expectFaults(page, [fault]);
    await expectFaultAt(page, page.getByLabel('Job type'), fault);
    await expect(page.getByLabel('Job type')).toHaveValue('clean_up');

    await page.getByLabel('Job type').fill('deliver_mail');
    await page.getByRole('button', { name: 'Discard' }).click();
    await expect(page).toHaveURL('/admin/queues');
    await expect(toast(page, 'The job is discarded')).toBeVisible();
    await expect(dead(page, name)).toBeHidden();
  });
});

test('the page updates without a reload', { tag: '@js' }, async ({ page, api }) => {
  const admin = await api.admin();
  await logInAs(page, admin);
  await open(page, '/admin/queues');
  await expect(dead(page, 'ivan')).toBeVisible();

  await api.discard(admin, DEAD_JOBS.ivan);

  await expect(dead(page, 'ivan')).toBeHidden();
});

test.describe('for others', () => {
  test.use({ expectedStatuses: [403] });

  test('an organizer cannot open the queues', async ({ page, api }) => {
    await logInAs(page, await api.organizer());

    const response = await open(page, '/admin/queues');

    expect(response?.status()).toBe(403);
    await expect(page.getByRole('heading', { name: 'This page is not for your account' })).toBeVisible();
    await expect(page.getByText('Reference:')).toBeVisible();
    await expect(page.getByRole('banner').getByRole('link', { name: 'Queues' })).toBeHidden();
  });
});
