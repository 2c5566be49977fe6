import type { Page } from '@playwright/test';
import axe, { type RunOptions } from 'axe-core';
import { expect } from './fixtures.ts';
import { DESKTOP, PHONE } from './viewport.ts';

const OPTIONS: RunOptions = {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa'],
  // Only violations are needed.
  resultTypes: ['violations'],
};

/** Each step changes one setting, which is fastest. */
const WAYS = [
  ['light', DESKTOP],
  ['light', PHONE],
  ['dark', PHONE],
  ['dark', DESKTOP],
] as const;

/** Checks the page against WCAG 2.2, levels A and AA, on a desktop and a phone, in light and in dark. */
export async function expectAccessible(page: Page): Promise<void> {
  // Injected once for all four, unlike with AxeBuilder. The content security policy does not apply to it.
  await page.evaluate(axe.source);
  for (const [colorScheme, viewport] of WAYS) {
    await page.setViewportSize(viewport);
    // Without motion, because a colour in transition has the contrast of neither end.
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
