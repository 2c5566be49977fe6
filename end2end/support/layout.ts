import type { Page } from '@playwright/test';

/** How far what is in view has moved by itself since the page was loaded: Cumulative Layout Shift, without windows. */
export async function layoutShift(page: Page): Promise<number> {
  return page.evaluate(async () => {
    // What was drawn last is in the list once the next frame is under way.
    const frame = () => new Promise(requestAnimationFrame);
    await frame();
    await frame();
    const shifts = await new Promise<PerformanceEntry[]>((resolve) => {
      const observer = new PerformanceObserver((list) => resolve(list.getEntries()));
      observer.observe({ type: 'layout-shift', buffered: true });
      // An observer without anything to report stays silent: a frame later it has nothing.
      void frame().then(frame).then(() => resolve(observer.takeRecords()));
    });
    return (shifts as (PerformanceEntry & { value: number; hadRecentInput: boolean })[])
      .filter(({ hadRecentInput }) => !hadRecentInput)
      .reduce((sum, { value }) => sum + value, 0);
  });
}

/** How wide what is on the page is, in CSS pixels. */
export async function widthOf(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth);
}
