import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

const WCAG_2_2_AA = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa'];

const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };

/** Checks the page as it is now against WCAG 2.2, levels A and AA: large and small, in light and in dark. */
export async function expectAccessible(page: Page): Promise<void> {
  for (const [colorScheme, viewport] of [
    ['light', DESKTOP],
    ['light', PHONE],
    ['dark', PHONE],
    ['dark', DESKTOP],
  ] as const) {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme });
    // A colour on its way to another one has the contrast of neither.
    await page.evaluate(() => document.getAnimations().forEach((animation) => animation.finish()));
    const { violations } = await new AxeBuilder({ page })
      // Only what is reported below is worked out, and without a second page, which only frames need.
      .options({ resultTypes: ['violations'] })
      .setLegacyMode()
      .withTags(WCAG_2_2_AA)
      .analyze();
    const found = violations.flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`),
    );
    expect(found, `violations in ${colorScheme}, ${viewport.width} px wide`).toEqual([]);
  }
}
