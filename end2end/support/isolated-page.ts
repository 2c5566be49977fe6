import type { Browser, Page } from '@playwright/test';

/** A page with the same session in a separate context, for a test that provokes failed requests. */
export async function isolatedPage(browser: Browser, page: Page, baseURL?: string): Promise<Page> {
  const storageState = await page.context().storageState();
  return (await browser.newContext({ baseURL, storageState })).newPage();
}
