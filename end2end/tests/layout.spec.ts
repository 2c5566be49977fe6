import type { Page } from '@playwright/test';
import { expect, open, test } from '../support/fixtures.ts';
import { layoutShift, widthOf } from '../support/layout.ts';
import { PLACES, load, statusesOf } from '../support/places.ts';
import { signIn } from '../support/session.ts';
import { NARROWEST } from '../support/viewport.ts';

/** Less than a fifth of what counts as good. */
const MOST_SHIFT = 0.02;

// In the projects js and phone, which have the sizes of the two.
test.describe('on a desktop and on a phone', { tag: ['@js', '@phone'] }, () => {
  for (const place of PLACES) {
    test.describe(place.state, () => {
      test.use({ expectedStatuses: statusesOf(place) });

      test(`${place.name} stays where it is and fits 320 pixels`, async ({ page, world }) => {
        await load(page, place, world);
        expect(await layoutShift(page)).toBeLessThanOrEqual(MOST_SHIFT);
        await place.then?.(page);
        await page.setViewportSize(NARROWEST);
        expect(await widthOf(page)).toBeLessThanOrEqual(NARROWEST.width);
      });
    });
  }
});

test('nothing moves by itself on the way from page to page', { tag: ['@js', '@phone'] }, async ({ page, world }) => {
  await signIn(page, world.organizer);
  await open(page, '/');
  const links = ['Competitions', 'Mailbox', 'Dashboard', 'New competition', 'Account', 'Mini Compete'];
  for (const name of [...links, ...links.slice(0, -1).reverse()]) {
    const answer = await holdAnswers(page);
    // For what moves after a click of Playwright’s counts as wanted.
    await page.getByRole('banner').getByRole('link', { name }).evaluate((link: HTMLElement) => link.click());
    await expect(page.locator('.skeleton').first(), `${name} keeps its room`).toBeVisible();
    await answer();
    await expect(page.locator('.skeleton')).toHaveCount(0);
    expect(await layoutShift(page), name).toBeLessThanOrEqual(MOST_SHIFT);
  }
});

/** Holds back what the pages ask the server for, until the function it returns is called. */
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

test('a page that moves is noticed', { tag: '@js' }, async ({ page }) => {
  await open(page, '/');
  await page.evaluate(() => document.body.prepend(Object.assign(document.createElement('pre'), { textContent: '\n'.repeat(20) })));
  expect(await layoutShift(page)).toBeGreaterThan(MOST_SHIFT);
});

test.describe('as it is loaded', () => {
  test.use({ expectedStatuses: [400, 403, 404] });

  test('every page has one h1, the landmarks and a title of its own', { tag: '@no-js' }, async ({ page, world }) => {
    const titles = new Map<string, string>();
    for (const place of PLACES.filter(({ then }) => !then)) {
      await page.context().clearCookies();
      const response = await load(page, place, world);
      expect.soft(response?.status(), place.name).toBe(place.status ?? 200);
      await expect.soft(page.getByRole('heading', { level: 1 }), place.name).toHaveCount(1);
      for (const landmark of ['banner', 'main', 'contentinfo'] as const) {
        await expect.soft(page.getByRole(landmark), place.name).toHaveCount(1);
      }
      const { pathname } = new URL(page.url());
      const title = await page.title();
      expect.soft(title, place.name).toMatch(/.+ – Mini Compete$/);
      // Failures share their titles.
      if (place.status) continue;
      expect.soft(titles.get(title) ?? pathname, `the title of ${place.name}`).toBe(pathname);
      titles.set(title, pathname);
    }
  });
});
