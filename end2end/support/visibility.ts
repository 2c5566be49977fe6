import type { BrowserContext, Page } from '@playwright/test';

declare global {
  interface Window {
    setHidden?: (hidden: boolean) => void;
  }
}

/** Lets tests hide the pages of a context, because headless tabs are always visible. */
export async function hideable(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    let isHidden = false;
    Object.defineProperty(Document.prototype, 'hidden', { get: () => isHidden });
    window.setHidden = (hidden) => {
      isHidden = hidden;
      document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
    };
  });
}

/** Hides a page or shows it again, as a change of tabs does. */
export function setHidden(page: Page, hidden: boolean): Promise<void> {
  return page.evaluate((value) => window.setHidden?.(value), hidden);
}
