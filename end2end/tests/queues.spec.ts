import type { Page } from '@playwright/test';
import { expect, hydrated, javaScriptOn, open, test } from '../support/fixtures.ts';
import { expectFaultAt, expectFaults } from '../support/forms.ts';
import { DEAD_JOBS } from '../support/dead-jobs.ts';
import { logInAs } from '../support/session.ts';
import { toast } from '../support/toasts.ts';

const dead = (page: Page, kind: string) =>
  page.getByRole('list', { name: 'Failed jobs' }).getByRole('listitem').filter({ hasText: kind });

test('an administrator sees the counts of every job type, and the failed jobs', { tag: '@phone' }, async ({ page, api }) => {
  await logInAs(page, await api.admin());
  await open(page, '/');

  await page.getByRole('banner').getByRole('link', { name: 'Queues' }).click();

  await expect(page.getByRole('heading', { level: 1, name: 'Queues' })).toBeVisible();
  for (const kind of ['clean_up', 'confirm_registrations', 'send_reminders']) {
    await expect(page.getByRole('table').getByText(kind)).toBeVisible();
  }
  await expect(dead(page, 'send_newsletter')).toContainText('Failed 3 times');
  await expect(dead(page, 'send_newsletter')).toContainText('it was retired');
  await expect(page.getByRole('link', { name: 'Refresh', exact: true })).toBeVisible();
});

test('a retried job returns to its queue, and waits while no worker knows its type', async ({ page, api }) => {
  const kind = javaScriptOn() ? 'refresh_rankings' : 'warm_cache';
  await logInAs(page, await api.admin());
  await open(page, '/admin/queues');
  await hydrated(page);

  await dead(page, kind).getByRole('button', { name: 'Retry' }).click();

  await expect(toast(page, 'The job is back in its queue')).toBeVisible();
  await expect(dead(page, kind)).toBeHidden();
  await expect(page.getByRole('table').getByText(kind)).toBeVisible();
});

test.describe('discarding', () => {
  test.use({ expectedStatuses: [400] });

  test('a job is discarded only after its type is typed', async ({ page, api }) => {
    const kind = javaScriptOn() ? 'export_roster' : 'sync_calendar';
    await logInAs(page, await api.admin());
    await open(page, '/admin/queues');
    await dead(page, kind).getByRole('link', { name: 'Discard' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Discard this job?' })).toBeVisible();
    await hydrated(page);

    await page.getByLabel('Job type').fill('clean_up');
    await page.getByRole('button', { name: 'Discard' }).click();
    const fault = `Type ${kind} to discard this job`;
    await expectFaults(page, [fault]);
    await expectFaultAt(page, page.getByLabel('Job type'), fault);
    await expect(page.getByLabel('Job type')).toHaveValue('clean_up');

    await page.getByLabel('Job type').fill(kind);
    await page.getByRole('button', { name: 'Discard' }).click();
    await expect(page).toHaveURL('/admin/queues');
    await expect(toast(page, 'The job is discarded')).toBeVisible();
    await expect(dead(page, kind)).toBeHidden();
  });
});

test('the page updates without a reload', { tag: '@js' }, async ({ page, api }) => {
  const admin = await api.admin();
  await logInAs(page, admin);
  await open(page, '/admin/queues');
  await expect(dead(page, 'rebuild_index')).toBeVisible();

  await api.discard(admin, DEAD_JOBS.rebuild_index);

  await expect(dead(page, 'rebuild_index')).toBeHidden();
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
