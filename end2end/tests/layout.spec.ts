import type { Page } from '@playwright/test';
import { expect, open, test } from '../support/fixtures.ts';
import { layoutShift, widthOf } from '../support/layout.ts';
import { PAGE_STATES, load, statusesOf } from '../support/page-states.ts';
import { logInAs } from '../support/session.ts';
import { NARROWEST } from '../support/viewport.ts';

/** A fifth of the limit for a good score. */
const MOST_SHIFT = 0.02;

// The projects js and phone have these sizes.
test.describe('on a desktop and on a phone', { tag: ['@js', '@phone'] }, () => {
  for (const state of PAGE_STATES) {
    test.describe(state.kind, () => {
      test.use({ expectedStatuses: statusesOf(state) });

      test(`${state.name} does not shift and fits 320 pixels`, async ({ page, world }) => {
        await load(page, state, world);
        expect(await layoutShift(page)).toBeLessThanOrEqual(MOST_SHIFT);
        await state.then?.(page);
        await page.setViewportSize(NARROWEST);
        expect(await widthOf(page)).toBeLessThanOrEqual(NARROWEST.width);
      });
    });
  }
});

test('navigation shifts nothing', { tag: ['@js', '@phone'] }, async ({ page, world }) => {
  await logInAs(page, world.organizer);
  await open(page, '/');
  const links = ['Competitions', 'Mailbox', 'Dashboard', 'New competition', 'Account', 'Mini Compete'];
  for (const name of [...links, ...links.slice(0, -1).reverse()]) {
    const answer = await holdAnswers(page);
    // Shifts after a click by Playwright do not count, because they follow user input.
    await page.getByRole('banner').getByRole('link', { name }).evaluate((link: HTMLElement) => link.click());
    await expect(page.locator('.skeleton').first(), `${name} keeps its room`).toBeVisible();
    await answer();
    await expect(page.locator('.skeleton')).toHaveCount(0);
    expect(await layoutShift(page), name).toBeLessThanOrEqual(MOST_SHIFT);
  }
});

/** Holds all calls of server functions until the returned function is called. */
async function holdAnswers(page: Page): Promise<() => Promise<void>> {
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route('**/fn/**', async (route) => {
    await released;
    await route.continue();
  });
  return async () => {
    release();
    await page.unrouteAll({ behavior: 'wait' });
  };
}

test('a layout shift is detected', { tag: '@js' }, async ({ page }) => {
  await open(page, '/');
  await page.evaluate(() => document.body.prepend(Object.assign(document.createElement('pre'), { textContent: '\n'.repeat(20) })));
  expect(await layoutShift(page)).toBeGreaterThan(MOST_SHIFT);
});

test.describe('when loaded', () => {
  test.use({ expectedStatuses: [400, 403, 404, 409] });

  test('every page has one h1, the landmarks and a title of its own', { tag: '@no-js' }, async ({ page, world }) => {
    const titles = new Map<string, string>();
    for (const state of PAGE_STATES.filter(({ then }) => !then)) {
      await page.context().clearCookies();
      const response = await load(page, state, world);
      expect.soft(response?.status(), state.name).toBe(state.status ?? 200);
      await expect.soft(page.getByRole('heading', { level: 1 }), state.name).toHaveCount(1);
      for (const landmark of ['banner', 'main', 'contentinfo'] as const) {
        await expect.soft(page.getByRole(landmark), state.name).toHaveCount(1);
      }
      const { pathname } = new URL(page.url());
      const title = await page.title();
      expect.soft(title, state.name).toMatch(/.+ – Mini Compete$/);
      // Failures have the same titles.
      if (state.status) continue;
      expect.soft(titles.get(title) ?? pathname, `the title of ${state.name}`).toBe(pathname);
      titles.set(title, pathname);
    }
  });
});
