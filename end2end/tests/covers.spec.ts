import type { Locator, Page, Route } from '@playwright/test';
import { expectAccessible } from '../support/accessibility.ts';
import { expect, hydrated, hydrates, open, test } from '../support/fixtures.ts';
import { errorSummary } from '../support/forms.ts';
import { isolatedPage } from '../support/isolated-page.ts';
import { picture } from '../support/picture.ts';
import { logInAs } from '../support/session.ts';
import { toast } from '../support/toasts.ts';

const WORDS = 'A marigold disc on a dark ground';

async function expectShown(image: Locator): Promise<void> {
  await image.scrollIntoViewIfNeeded();
  await expect.poll(() => image.evaluate((it: HTMLImageElement) => it.complete && it.naturalWidth)).toBeGreaterThan(0);
}

// Refusals answer the calls of the page.
test.use({ expectedStatuses: [400] });

async function save(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Save cover' }).click();
}

test('an organizer sets the cover of a competition', { tag: '@phone' }, async ({ page, api }) => {
  const organizer = await api.organizer();
  const competition = await api.competition({ owner: organizer });
  await logInAs(page, organizer);
  await open(page, `/competitions/${competition.id}/manage/settings`);
  await page.getByRole('link', { name: 'Cover', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Cover', exact: true })).toBeVisible();
  await hydrated(page);

  await test.step('is asked for a picture and its description', async () => {
    await save(page);
    await expect(errorSummary(page)).toContainText('Choose a picture');
    await expect(errorSummary(page)).toContainText('Enter a description of the picture');
  });

  await test.step('sees the fault of a file', async () => {
    const text = { name: 'cover.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('no picture') };
    await page.getByLabel('Picture', { exact: true }).setInputFiles(text);
    await save(page);
    await expect(errorSummary(page)).toContainText('The picture must be a JPEG, PNG or WebP file');
  });

  await test.step('does not choose the picture again after another error', async () => {
    await page.getByLabel('Picture', { exact: true }).setInputFiles(await picture());
    await page.getByRole('radio', { name: 'top left' }).check();
    await save(page);
    await expect(errorSummary(page)).toContainText('Enter a description of the picture');
    await expect(page.locator('form img')).toBeVisible();
    await expect(page.getByRole('radio', { name: 'top left' })).toBeChecked();
    await page.getByLabel('What the picture shows').fill(WORDS);
    await save(page);
    await expect(toast(page, 'The cover is saved')).toBeVisible();
    await expectShown(page.getByRole('img', { name: WORDS }));
  });
  if (hydrates(page)) await expectAccessible(page);

  await test.step('sees it on the page of the competition', async () => {
    await open(page, `/competitions/${competition.id}`);
    const cover = page.getByRole('img', { name: WORDS });
    await expectShown(cover);
    await expect(cover).toHaveCSS('object-position', '0% 0%');
  });

  await test.step('removes it', async () => {
    await open(page, `/competitions/${competition.id}/cover`);
    await page.getByRole('button', { name: 'Remove cover' }).click();
    await expect(toast(page, 'The cover is removed')).toBeVisible();
    await expect(page.locator('form img')).toBeHidden();
    await expect(page.getByLabel('What the picture shows')).toHaveValue('');
  });
});

test('a list shows covers, and patterns in their place', { tag: '@phone' }, async ({ page, api }) => {
  const organizer = await api.organizer();
  const [plain, covered] = await Promise.all([
    api.competition({ owner: organizer }),
    api.competition({ owner: organizer }),
  ]);
  await api.setCover(organizer, covered, (await picture()).buffer, WORDS);
  await open(page, `/competitions?organizerId=${organizer.id}`);
  const card = (title: string) => page.getByRole('article').filter({ hasText: title });
  await expectShown(card(covered.title).getByRole('img', { name: WORDS }));
  await expectShown(card(plain.title).locator('img'));
  await expect(card(plain.title).locator('img')).toHaveAttribute('src', `/media/patterns/${plain.id}.svg`);
});

test('a copy has the cover of the original', async ({ page, api }) => {
  const organizer = await api.organizer();
  const competition = await api.competition({ owner: organizer });
  await api.setCover(organizer, competition, (await picture()).buffer, WORDS);
  await logInAs(page, organizer);
  await open(page, `/competitions/create?from=${competition.id}`);
  await page.getByLabel('Title').fill('The next one');
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'The next one', level: 1 })).toBeVisible();
  await expect(page.getByRole('img', { name: WORDS })).toBeVisible();
});

test.describe('uploading', { tag: '@js' }, () => {
  test('shows its progress, and keeps the form when the connection is lost', async ({ browser, page, api, baseURL }) => {
    const organizer = await api.organizer();
    const competition = await api.competition({ owner: organizer });
    await logInAs(page, organizer);
    const tab = await isolatedPage(browser, page, baseURL);
    await open(tab, `/competitions/${competition.id}/cover`);
    await hydrated(tab);
    await tab.getByLabel('Picture', { exact: true }).setInputFiles(await picture());
    await tab.getByLabel('What the picture shows').fill(WORDS);
    let lose = () => {};
    const lost = new Promise<void>((resolve) => {
      lose = resolve;
    });
    const upload = async (route: Route) => {
      await lost;
      await route.abort();
    };
    await tab.route('**/fn/save_cover', upload, { times: 1 });

    await save(tab);
    await expect(tab.getByRole('progressbar', { name: 'Uploading' })).toBeVisible();
    lose();
    await expect(errorSummary(tab)).toContainText('The server cannot be reached');
    await expect(tab.getByRole('progressbar')).toBeHidden();
    await expect(tab.getByLabel('What the picture shows')).toHaveValue(WORDS);

    await save(tab);
    await expect(toast(tab, 'The cover is saved')).toBeVisible();
    await tab.context().close();
  });
});
