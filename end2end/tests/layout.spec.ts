import { expect, open, test } from '../support/fixtures.ts';
import { PLACES, become } from '../support/places.ts';

test.use({ expectedStatuses: [403, 404] });

test('no page scrolls sideways at 320 pixels', { tag: '@no-js' }, async ({ page, world }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  for (const place of PLACES) {
    await page.context().clearCookies();
    await become(page, place, world);
    await open(page, place.path(world));
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect.soft(width, place.name).toBeLessThanOrEqual(320);
  }
});

test('every page has one h1, the landmarks and a title of its own', { tag: '@no-js' }, async ({ page, world }) => {
  const titles = new Map<string, string>();
  for (const place of PLACES) {
    await page.context().clearCookies();
    await become(page, place, world);
    const response = await open(page, place.path(world));
    expect.soft(response?.status(), place.name).toBe(place.status ?? 200);
    await expect.soft(page.getByRole('heading', { level: 1 }), place.name).toHaveCount(1);
    for (const landmark of ['banner', 'main', 'contentinfo'] as const) {
      await expect.soft(page.getByRole(landmark), place.name).toHaveCount(1);
    }
    const path = new URL(page.url()).pathname;
    const title = await page.title();
    expect.soft(title, place.name).toMatch(/.+ – Mini Compete$/);
    expect.soft(titles.get(title) ?? path, `the title of ${place.name}`).toBe(path);
    titles.set(title, path);
  }
});
