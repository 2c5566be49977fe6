import type { Page } from '@playwright/test';
import { expectAccessible } from '../support/accessibility.ts';
import { expect, hydrated, hydrates, open, test } from '../support/fixtures.ts';
import { errorSummary } from '../support/forms.ts';
import { picture } from '../support/picture.ts';
import { logInAs } from '../support/session.ts';
import { toast } from '../support/toasts.ts';

// Refusals answer the calls of the page.
test.use({ expectedStatuses: [400] });

const upload = (page: Page) => page.getByRole('button', { name: 'Upload picture' }).click();

test('an organizer uploads a picture and copies it into a text', { tag: '@phone' }, async ({ page, api }) => {
  const organizer = await api.organizer();
  const competition = await api.competition({ owner: organizer });
  await logInAs(page, organizer);
  await open(page, '/pictures');
  await expect(page.getByText('Upload a map, a schedule or a photo')).toBeVisible();
  await hydrated(page);

  await test.step('is asked for a picture', async () => {
    await upload(page);
    await expect(errorSummary(page)).toContainText('Choose a picture');
  });

  const markdown = page.getByLabel('Markdown of picture 1');
  await test.step('sees it in the list', async () => {
    await page.getByLabel('New picture').setInputFiles(await picture());
    await upload(page);
    await expect(toast(page, 'The picture is uploaded')).toBeVisible();
    await expect(page.getByRole('heading', { name: '1 picture' })).toBeVisible();
    await expect(page.getByText('1,800 × 1,000 pixels, not used, deleted after')).toBeVisible();
    await expect(page.getByLabel('New picture')).toHaveValue('');
  });
  if (hydrates(page)) await expectAccessible(page);

  const text = await markdown.inputValue();
  await test.step('shows it on the page of a competition', async () => {
    await open(page, `/competitions/${competition.id}/edit`);
    await hydrated(page);
    await page.getByLabel('Description').fill(`# Where\n\n${text.replace('What the picture shows', 'The way to the hall')}`);
    await page.getByRole('button', { name: 'Save changes' }).click();
    await expect(toast(page, 'Your changes are saved')).toBeVisible();
    const shown = page.getByRole('img', { name: 'The way to the hall' });
    await shown.scrollIntoViewIfNeeded();
    await expect.poll(() => shown.evaluate((it: HTMLImageElement) => it.complete && it.naturalWidth)).toBe(960);
    const [width, height] = await shown.evaluate((it: HTMLImageElement) => [it.width, it.height]);
    expect(width / height).toBeCloseTo(1.8, 1);
    expect(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)).toBe(false);
    await page.getByRole('link', { name: 'The way to the hall' }).click();
    await expect(page).toHaveURL(/\/media\/.*\/1600\.jpg$/);
  });

  await open(page, '/pictures');
  await expect(page.getByText('used by a competition')).toBeVisible();
});

test('a picture of another organizer is refused beside its text', async ({ page, api }) => {
  const [organizer, other] = await Promise.all([api.organizer(), api.organizer()]);
  const { path } = await api.picture(other, (await picture()).buffer);
  const competition = await api.competition({ owner: organizer });
  await logInAs(page, organizer);
  await open(page, `/competitions/${competition.id}/edit`);
  await hydrated(page);
  await page.getByLabel('Description').fill(`![x](${path})`);
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(errorSummary(page)).toContainText('Description shows what is none of your pictures, or was deleted');
  await expect(page.getByLabel('Description')).toHaveValue(`![x](${path})`);
});

test.describe('in the form of a competition', { tag: '@js' }, () => {
  test('a picture is added to a text where the cursor is, and previewed', async ({ page, api }) => {
    const organizer = await api.organizer();
    await logInAs(page, organizer);
    await open(page, '/competitions/create');
    await hydrated(page);
    const description = page.getByLabel('Description');
    await description.fill('Before. After.');
    await description.evaluate((it: HTMLTextAreaElement) => it.setSelectionRange(7, 7));

    const choosing = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Add picture to the description' }).click();
    await (await choosing).setFiles(await picture());

    await expect(toast(page, 'The picture is uploaded')).toBeVisible();
    await expect(description).toHaveValue(/^Before\.\n\n!\[What the picture shows\]\(\/media\/[0-9a-f-]{36}\/1600\.jpg\)\n\n After\.$/);
    await page.keyboard.type('The way to the hall');
    await expect(description).toHaveValue(/!\[The way to the hall\]\(/);
    await page.getByRole('button', { name: 'Preview' }).click();
    await expect(page.getByRole('img', { name: 'The way to the hall' })).toBeVisible();
  });

  test('a picture is added at the end of a text that the cursor was never in', async ({ page, api }) => {
    const organizer = await api.organizer();
    const competition = await api.competition({ owner: organizer, description: 'Seven rounds.' });
    await logInAs(page, organizer);
    await open(page, `/competitions/${competition.id}/edit`);
    await hydrated(page);
    const choosing = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Add picture to the description' }).click();
    await (await choosing).setFiles(await picture());
    await expect(page.getByLabel('Description')).toHaveValue(/^Seven rounds\.\n\n!\[What the picture shows\]/);
  });

  test('a picture that is uploaded while the user types on takes neither the focus nor the typed text', async ({ page, api }) => {
    await logInAs(page, await api.organizer());
    await open(page, '/competitions/create');
    await hydrated(page);
    let finish = () => {};
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    await page.route('**/fn/upload_picture', async (route) => {
      await finished;
      await route.continue();
    });
    const choosing = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Add picture to the description' }).click();
    await (await choosing).setFiles(await picture());
    await page.getByLabel('Summary').pressSequentially('Seven ');
    finish();
    await expect(page.getByLabel('Description')).toHaveValue(/^!\[What the picture shows\]/);
    await page.keyboard.type('rounds');
    await expect(page.getByLabel('Summary')).toHaveValue('Seven rounds');
  });

  test('a file that is no picture leaves the text as it is and says why', async ({ page, api }) => {
    await logInAs(page, await api.organizer());
    await open(page, '/competitions/create');
    await hydrated(page);
    await page.getByText('Rules, prizes and schedule').click();
    await page.getByLabel('Rules').fill('One idea a team.');
    const choosing = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Add picture to the rules' }).click();
    await (await choosing).setFiles({ name: 'a.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('no picture') });
    await expect(page.getByText('The picture must be a JPEG, PNG or WebP file')).toBeVisible();
    await expect(page.getByLabel('Rules')).toHaveValue('One idea a team.');
  });
});
