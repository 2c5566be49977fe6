import type { Page } from '@playwright/test';
import { hydrated } from './fixtures.ts';

type Wanted = { scope?: 'read' | 'write'; days?: string };

/** Fills the form for a personal access token in and sends it. */
export async function createToken(page: Page, name: string, { scope = 'read', days = '30' }: Wanted = {}): Promise<void> {
  await hydrated(page);
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel('Scope').selectOption(scope);
  await page.getByLabel('Expires after').selectOption(days);
  await page.getByRole('button', { name: 'Create token' }).click();
}
