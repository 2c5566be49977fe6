import type { Locator, Page } from '@playwright/test';

/** The toast with this text. */
export function toast(page: Page, words: string): Locator {
  return page.locator('.toasts').getByText(words, { exact: true });
}
