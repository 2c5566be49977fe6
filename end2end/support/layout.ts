import type { Page } from '@playwright/test';

/** The layout shift since the page was loaded: Cumulative Layout Shift, without session windows. */
export async function layoutShift(page: Page): Promise<number> {
  return page.evaluate(async () => {
    // The last frame is in the list once the next one has started.
    const frame = () => new Promise(requestAnimationFrame);
    await frame();
    await frame();
    const shifts = await new Promise<PerformanceEntry[]>((resolve) => {
      const observer = new PerformanceObserver((list) => resolve(list.getEntries()));
      observer.observe({ type: 'layout-shift', buffered: true });
      // An observer without entries is never called: after a frame it has none.
      void frame().then(frame).then(() => resolve(observer.takeRecords()));
    });
    return (shifts as (PerformanceEntry & { value: number; hadRecentInput: boolean })[])
      .filter(({ hadRecentInput }) => !hadRecentInput)
      .reduce((sum, { value }) => sum + value, 0);
  });
}

/** The width of the content of the page, in CSS pixels. */
export async function widthOf(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth);
}
