import { expect, type Locator, type Page } from '@playwright/test';
import { hydrated } from './fixtures.ts';

/** The field with a new address. */
export function newAddress(page: Page): Locator {
  return page.getByRole('textbox', { name: 'Address of your calendar' });
}

/** Makes or renews the address on its page, and returns it. */
export async function makeAddress(page: Page, button: 'Make address' | 'Renew address'): Promise<string> {
  await hydrated(page);
  await page.getByRole('button', { name: button }).click();
  await expect(newAddress(page)).toHaveValue(/\/calendars\/mccal_[0-9a-f]{64}\.ics$/);
  return newAddress(page).inputValue();
}
