import type { Locator, Page } from '@playwright/test';

/** A message in passing with these words. */
export function toast(page: Page, words: string): Locator {
  return page.locator('.toasts').getByText(words, { exact: true });
}
