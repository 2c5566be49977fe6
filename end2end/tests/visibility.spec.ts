import { expect, hydrated, javaScriptOn, open, test } from '../support/fixtures.ts';
import { competitionFields, createCompetition, fillCompetition } from '../support/forms.ts';
import { logInAs } from '../support/session.ts';
import { inDays } from '../support/time.ts';
import { toast } from '../support/toasts.ts';
import { unique } from '../support/unique.ts';

const NOINDEX = 'meta[name="robots"][content="noindex"]';

test('a competition is saved as a draft, previewed, published and unpublished', async ({
  page,
  api,
  request,
}) => {
  const title = unique('Secret Open');
  const list = `/competitions?search=${encodeURIComponent(title)}`;
  await logInAs(page, await api.organizer());
  await open(page, '/competitions/create');
  await fillCompetition(page, competitionFields(title, inDays(7), inDays(14)));
  await page.getByRole('button', { name: 'Preview' }).click();
  await expect(page.getByRole('region', { name: 'Preview' })).toContainText('Bring a board.');
  await hydrated(page);
  await page.getByRole('button', { name: 'Save as draft' }).click();

  await expect(page.getByRole('heading', { level: 1 })).toHaveText(title);
  await expect(toast(page, `${title} is saved as a draft`)).toBeVisible();
  await expect(page.getByText('Only you can see this draft.')).toBeVisible();
  await expect(page.locator('.badge', { hasText: 'Draft' })).toBeVisible();
  await expect(page.locator(NOINDEX)).toHaveCount(1);
  const address = page.url();
  const statusForVisitors = async () => (await request.get(address)).status();
  expect(await statusForVisitors()).toBe(404);
  expect(await (await request.get(list)).text()).not.toContain(`>${title}<`);
  await open(page, '/dashboard');
  const row = page.getByRole('article').filter({ hasText: title });
  await expect(row.locator('.badge')).toHaveText('Draft');

  await open(page, address);
  await page.getByRole('link', { name: 'Publish' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`Manage ${title}`);
  await expect(page.getByText('This competition is a draft: only you can see it.')).toBeVisible();
  await hydrated(page);
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  const published = page.getByText('Published. Everyone can find this competition.');
  await expect(published).toBeVisible();
  if (javaScriptOn()) await expect(page.getByRole('status').filter({ has: published })).toBeFocused();
  await expect(page.locator('.badge', { hasText: 'Draft' })).toHaveCount(0);
  expect(await statusForVisitors()).toBe(200);
  expect(await (await request.get(list)).text()).toContain(`>${title}<`);

  await page.getByRole('button', { name: 'Unpublish' }).click();
  await expect(page.getByText('Unpublished. This competition is a draft')).toBeVisible();
  await expect(page.locator('.badge', { hasText: 'Draft' })).toBeVisible();
  expect(await statusForVisitors()).toBe(404);
});

test('an unlisted competition is found by its link only', async ({ page, api }) => {
  const title = unique('By Invitation');
  const competition = await api.competition({ title, visibility: 'UNLISTED' });
  const card = page.getByRole('article').filter({ hasText: title });
  for (const path of [`/competitions?search=${encodeURIComponent(title)}`, '/competitions', '/']) {
    await open(page, path);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(card).toHaveCount(0);
  }

  await logInAs(page, await api.participant());
  await open(page, `/competitions/${competition.id}`);
  await expect(page.locator('.badge', { hasText: 'Unlisted' })).toBeVisible();
  await expect(page.locator(NOINDEX)).toHaveCount(1);
  await hydrated(page);
  await page.getByRole('button', { name: 'Register' }).click();
  await expect(page.getByText('You are registered')).toBeVisible();
});

test('a competition is published as unlisted, and made public later', async ({ page, api }) => {
  const title = unique('Quiet Open');
  await logInAs(page, await api.organizer());
  await open(page, '/competitions/create');
  await hydrated(page);
  await expect(page.getByRole('radio', { name: 'Public' })).toBeChecked();
  await page.getByRole('radio', { name: 'Unlisted' }).check();
  await createCompetition(page, competitionFields(title, inDays(7), inDays(14)));
  await expect(page.locator('.badge', { hasText: 'Unlisted' })).toBeVisible();

  await page.getByRole('link', { name: 'Edit' }).click();
  await hydrated(page);
  await expect(page.getByRole('radio', { name: 'Unlisted' })).toBeChecked();
  await page.getByRole('radio', { name: 'Public' }).check();
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(toast(page, 'Your changes are saved')).toBeVisible();
  await expect(page.locator('.badge', { hasText: 'Unlisted' })).toHaveCount(0);
  await open(page, `/competitions?search=${encodeURIComponent(title)}`);
  await expect(page.getByRole('article').filter({ hasText: title })).toBeVisible();
});

test('a competition with registrations cannot be unpublished', async ({ page, api }) => {
  const owner = await api.organizer();
  const competition = await api.competition({ owner });
  await api.register(await api.participant(), competition);
  await logInAs(page, owner);
  await open(page, `/competitions/${competition.id}/manage`);
  await expect(page.getByText('It cannot be unpublished while people are registered.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Make unlisted' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Unpublish' })).toHaveCount(0);
});
