import type { Locator, Page } from '@playwright/test';
import { PASSWORD } from '../support/api.ts';
import { expect, hydrated, javaScriptOn, open, test } from '../support/fixtures.ts';
import { hold } from '../support/held.ts';

/** More than the number of tab stops on any page. */
const MOST_STOPS = 60;

/** Presses the tab key until the target has the focus, and checks that the focus is visible at every stop. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await hydrated(page);
  await expect(target).toBeVisible();
  for (let stops = 0; stops < MOST_STOPS; stops++) {
    await page.keyboard.press('Tab');
    await expectFocusVisible(page);
    if (await target.evaluate((element) => element === document.activeElement)) return;
  }
  await expect(target, 'was never reached by the tab key').toBeFocused();
}

/** Waits for the page with this heading; after navigation the heading has the focus. */
async function arrive(page: Page, name: string): Promise<void> {
  const heading = page.getByRole('heading', { level: 1, name });
  await expect(heading).toBeVisible();
  if (javaScriptOn()) await expect(heading).toBeFocused();
}

/** Checks that the focused element has an outline and is not hidden behind another one. */
async function expectFocusVisible(page: Page): Promise<void> {
  const hidden = await page.evaluate(() => {
    const focused = document.activeElement;
    // After the last stop the controls of the browser have the focus.
    if (!focused || focused === document.body) return undefined;
    const { outlineStyle, outlineWidth } = getComputedStyle(focused);
    const { x, y, width, height } = focused.getBoundingClientRect();
    const atCentre = document.elementFromPoint(x + width / 2, y + height / 2);
    const isOutlined = outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2;
    const isOnTop = atCentre !== null && (focused.contains(atCentre) || atCentre.contains(focused));
    return isOutlined && isOnTop ? undefined : `${focused.outerHTML} (outlined: ${isOutlined}, on top: ${isOnTop})`;
  });
  expect(hidden, 'has the focus, but it is not visible').toBeUndefined();
}

test('a user without a mouse finds a competition, logs in and registers', async ({ page, api }) => {
  const [participant, competition] = await Promise.all([api.participant(), api.competition()]);
  await open(page, '/');

  await tabTo(page, page.getByLabel('Search competitions'));
  await page.keyboard.type(competition.title);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('main').getByRole('status')).toHaveText('1 competition found');
  await tabTo(page, page.getByRole('link', { name: competition.title }));
  await page.keyboard.press('Enter');
  await arrive(page, competition.title);
  await tabTo(page, page.getByRole('link', { name: 'Log in to register' }));
  await page.keyboard.press('Enter');
  await arrive(page, 'Log in');
  await tabTo(page, page.getByLabel('Email'));
  await page.keyboard.type(participant.email);
  await tabTo(page, page.getByLabel('Password', { exact: true }));
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press('Enter');
  await arrive(page, competition.title);
  await tabTo(page, page.getByRole('button', { name: 'Register' }));
  await page.keyboard.press('Enter');

  const notice = page.getByRole('status').filter({ hasText: 'You are registered' });
  await expect(notice).toBeVisible();
  if (javaScriptOn()) await expect(notice).toBeFocused();
});

test('the first tab stop of a page skips its header', async ({ page }) => {
  await open(page, '/competitions');
  const skip = page.getByRole('link', { name: 'Skip to content' });
  await expect(skip).not.toBeInViewport();

  await page.keyboard.press('Tab');
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('main')).toBeFocused();
  await page.keyboard.press('Tab');

  await expect(page.getByLabel('Search')).toBeFocused();
});

test('after navigation the heading has the focus', { tag: '@js' }, async ({ page }) => {
  await open(page, '/');

  await page.getByRole('banner').getByRole('link', { name: 'Competitions' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Competitions' })).toBeFocused();
  await page.getByRole('banner').getByRole('link', { name: 'Log in' }).click();

  await expect(page.getByRole('heading', { level: 1, name: 'Log in' })).toBeFocused();
  await expect(page).toHaveTitle('Log in – Mini Compete');
});

test('the heading keeps the focus when the code of the previous page arrives late', { tag: '@js' }, async ({ page }) => {
  const bundle = await hold(page, '**/split_discover*.wasm');
  await page.goto('/competitions');
  // Our code handles links from then on.
  await bundle.answered;
  await page.getByRole('banner').getByRole('link', { name: 'Log in' }).click();

  await bundle.release();

  await expect(page.getByRole('heading', { level: 1, name: 'Log in' })).toBeFocused();
});
