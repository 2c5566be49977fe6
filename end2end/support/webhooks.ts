import type { Locator, Page } from '@playwright/test';
import { hydrated } from './fixtures.ts';

type Wanted = { description?: string; events?: string[] };

/** Fills the form of a webhook in, without sending it. */
export async function fillWebhook(page: Page, url: string, { description = '', events = [] }: Wanted = {}): Promise<void> {
  await hydrated(page);
  await page.getByLabel('URL').fill(url);
  await page.getByLabel('Description (optional)').fill(description);
  for (const event of events) await page.getByRole('checkbox', { name: event }).check();
}

/** Fills the form for a new webhook in and sends it. */
export async function createWebhook(page: Page, url: string, wanted: Wanted = {}): Promise<void> {
  await fillWebhook(page, url, wanted);
  await page.getByRole('button', { name: 'Create webhook' }).click();
}

/** The secret of a webhook, on the page that shows it once. */
export function newSecret(page: Page): Locator {
  return page.getByRole('textbox', { name: 'New secret' });
}

/** The deliveries of a webhook, newest first. */
export function deliveries(page: Page): Locator {
  return page.getByRole('table', { name: 'Deliveries' }).getByRole('row').filter({ has: page.getByRole('rowheader') });
}
