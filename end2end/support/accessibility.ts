import type { Page } from '@playwright/test';
import axe, { type RunOptions } from 'axe-core';
import { expect } from './fixtures.ts';
import { DESKTOP, PHONE } from './viewport.ts';

const OPTIONS: RunOptions = {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa'],
  // Only what is reported below is worked out.
  resultTypes: ['violations'],
};

/** One thing changes at a time, so that each of the four takes as little work as possible. */
const WAYS = [
  ['light', DESKTOP],
  ['light', PHONE],
  ['dark', PHONE],
  ['dark', DESKTOP],
] as const;

/** Checks the page as it is now against WCAG 2.2, levels A and AA: large and small, in light and in dark. */
export async function expectAccessible(page: Page): Promise<void> {
  // Once for all four, which is why this is not AxeBuilder. The page's own policy for scripts does not see it.
  await page.evaluate(axe.source);
  for (const [colorScheme, viewport] of WAYS) {
    await page.setViewportSize(viewport);
    // A colour on its way to another one has the contrast of neither; without motion there is none on its way.
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const violations = await page.evaluate(scan, OPTIONS);
    expect(violations, `violations in ${colorScheme}, ${viewport.width} px wide`).toEqual([]);
  }
}

/** Runs within the page. */
async function scan(options: RunOptions): Promise<string[]> {
  const { axe } = window as unknown as { axe: { run: typeof import('axe-core').run } };
  const { violations } = await axe.run(document, options);
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`));
}
