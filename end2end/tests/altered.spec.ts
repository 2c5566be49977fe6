import type { Browser, Page } from '@playwright/test';
import { expect, hydrated, open, test } from '../support/fixtures.ts';
import { logInAs } from '../support/session.ts';
import { translate } from '../support/translator.ts';

/** A page with the same session in a separate context, because code that panics logs errors. */
async function ownPage(browser: Browser, page: Page, baseURL?: string): Promise<Page> {
  const storageState = await page.context().storageState();
  return (await browser.newContext({ baseURL, storageState })).newPage();
}

const MARK = 'data-previous-document';

/** Marks the document, to distinguish it from one that the browser loads later. */
function mark(page: Page): Promise<void> {
  return page.evaluate((name) => document.documentElement.setAttribute(name, ''), MARK);
}

/** The browser has loaded another document. */
async function expectLoaded(page: Page): Promise<void> {
  await expect(page.locator(`html[${MARK}]`)).not.toBeAttached();
}

function handedOver(page: Page, why: 'altered' | 'broken') {
  return page.locator(`html[data-handed-over=${why}]`);
}

/** The event that the browser sends when compiled code traps. */
const trap = () => {
  window.dispatchEvent(new ErrorEvent('error', { error: new WebAssembly.RuntimeError('unreachable') }));
};

test.describe('a page that was translated before our code arrived', { tag: '@js' }, () => {
  test('is handled by the browser, and its links and forms work', async ({ page, api }) => {
    const [participant, competition] = await Promise.all([api.participant(), api.competition()]);
    await logInAs(page, participant);
    await page.addInitScript(translate);
    await page.goto('/');
    await expect(handedOver(page, 'altered')).toBeAttached();

    await page.getByLabel('Search competitions').fill(competition.title);
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByRole('link', { name: competition.title }).click();
    await page.getByRole('button', { name: 'Register' }).click();

    await expect(page.getByText('You are registered')).toBeVisible();
    await expect(page.locator('html[data-hydrated]')).not.toBeAttached();
    expect(await api.registrationsOf(participant)).toHaveLength(1);
  });
});

test.describe('a page into which an extension has inserted elements', { tag: '@js' }, () => {
  test('has links and forms that work although our code panics', async ({ browser, page, api, baseURL }) => {
    const [participant, competition] = await Promise.all([api.participant(), api.competition()]);
    await logInAs(page, participant);
    const tab = await ownPage(browser, page, baseURL);
    await tab.addInitScript(() => {
      addEventListener('DOMContentLoaded', () => {
        document.querySelector('main')?.prepend(document.createElement('extension-bar'));
        document.body.prepend(document.createElement('extension-bar'));
      });
    });
    await tab.goto('/');
    await expect(handedOver(tab, 'broken')).toBeAttached();

    await tab.getByRole('banner').getByRole('link', { name: 'Competitions' }).click();
    await expect(tab.getByRole('heading', { level: 1 })).toHaveText('Competitions');
    await tab.goto(`/competitions/${competition.id}`);
    await expect(handedOver(tab, 'broken')).toBeAttached();
    await tab.getByRole('button', { name: 'Register' }).click();

    await expect(tab.getByText('You are registered')).toBeVisible();
    await tab.context().close();
  });
});

test.describe('a page that is translated while it is open', { tag: '@js' }, () => {
  test('keeps showing live seats', async ({ page, api }) => {
    const [competition, participant] = await Promise.all([api.competition({ seats: 9 }), api.participant()]);
    await open(page, `/competitions/${competition.id}`);
    await page.evaluate(translate);

    await api.register(participant, competition);

    await expect(page.getByText('8 of 9 seats left')).toBeVisible();
  });

  test('is reloaded when more than a number changes', async ({ page, api }) => {
    const [competition, participant] = await Promise.all([api.competition({ seats: 1 }), api.participant()]);
    await open(page, `/competitions/${competition.id}`);
    await page.evaluate(translate);
    await mark(page);

    await api.register(participant, competition);

    await expectLoaded(page);
    await expect(page.getByText('This competition is full')).toBeVisible();
  });

  test('has links and a back button that work', async ({ page, api }) => {
    const competition = await api.competition();
    await open(page, '/');
    await page.getByRole('banner').getByRole('link', { name: 'Competitions' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Competitions');
    await page.evaluate(translate);
    await mark(page);

    await page.getByRole('link', { name: competition.title }).click();
    await expectLoaded(page);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(competition.title);
    await page.goBack();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Competitions');
    await hydrated(page);
    await page.evaluate(translate);
    await page.goBack();

    await expect(page).toHaveURL('/');
    await expect(page.getByRole('heading', { level: 1 })).not.toHaveText('Competitions');
  });

  test('has forms that are sent by the browser', async ({ page, api }) => {
    const participant = await api.participant('Pia');
    await logInAs(page, participant);
    await open(page, '/account');
    await page.evaluate(translate);
    await mark(page);

    await page.getByLabel('Name').fill('Pia Maria');
    await page.getByRole('button', { name: 'Save profile' }).click();

    await expectLoaded(page);
    await expect(page.getByRole('banner')).toContainText('Pia Maria');
  });
});

test.describe('a page whose code has trapped', { tag: '@js' }, () => {
  test('has links that the browser follows', async ({ page }) => {
    await open(page, '/');
    await page.evaluate(trap);
    await expect(handedOver(page, 'broken')).toBeAttached();
    await mark(page);

    await page.getByRole('banner').getByRole('link', { name: 'Competitions' }).click();

    await expectLoaded(page);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Competitions');
  });

  test('is left for the target of the last click', async ({ browser, page, api, baseURL }) => {
    await logInAs(page, await api.participant());
    const tab = await ownPage(browser, page, baseURL);
    await open(tab, '/competitions');
    // The code of the next page is still loading.
    await tab.route(/split_own.*\.wasm/, () => undefined, { times: 1 });
    const fetched = tab.waitForRequest(/split_own.*\.wasm/);
    await tab.getByRole('banner').getByRole('link', { name: 'Dashboard' }).click();
    await fetched;

    await tab.evaluate(trap);

    await expect(tab).toHaveURL('/dashboard');
    await expect(tab.getByRole('heading', { level: 1 })).toHaveText('Dashboard');
    await tab.context().close();
  });
});
