import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { expectAccessible } from '../support/accessibility.ts';
import type { Api, Competition, Person } from '../support/api.ts';
import { expect, hydrated, hydrates, open, test } from '../support/fixtures.ts';
import { widthOf } from '../support/layout.ts';
import { logInAs } from '../support/session.ts';
import { unique } from '../support/unique.ts';
import { NARROWEST } from '../support/viewport.ts';

/** A competition, its organizer, and registered participants with these names, in this order. */
async function roster(api: Api, names: string[]): Promise<{ organizer: Person; competition: Competition }> {
  const organizer = await api.organizer();
  const competition = await api.competition({ owner: organizer });
  for (const name of names) await api.register(await api.participant(name), competition);
  return { organizer, competition };
}

/** The names in the table, from top to bottom. */
function names(page: Page) {
  return page.getByRole('rowheader').locator('bdi');
}

test('a roster is searched, and the search is in the address', async ({ page, api }) => {
  const { organizer, competition } = await roster(api, ['Zoe Z', 'Adam A', 'Mia M']);
  await logInAs(page, organizer);
  await open(page, `/competitions/${competition.id}/manage/participants`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Participants');
  await expect(names(page)).toHaveText(['Zoe Z', 'Adam A', 'Mia M']);

  await page.getByLabel('Name or email').fill('ADAM');
  await page.getByRole('button', { name: 'Search' }).click();

  await expect(page).toHaveURL(/search=ADAM/);
  await expect(names(page)).toHaveText(['Adam A']);
  await expect(page.getByRole('main').getByRole('status')).toHaveText('1 registration');
  await expect(page.getByLabel('Name or email')).toHaveValue('ADAM');

  await hydrated(page);
  await page.getByRole('link', { name: 'Clear filters' }).click();
  await expect(names(page)).toHaveCount(3);
});

test('a click on a column sorts the roster', async ({ page, api }) => {
  const { organizer, competition } = await roster(api, ['Zoe Z', 'Adam A', 'Mia M']);
  await logInAs(page, organizer);
  await open(page, `/competitions/${competition.id}/manage/participants`);
  const column = (name: string) => page.getByRole('columnheader', { name });
  await expect(column('Registered')).toHaveAttribute('aria-sort', 'ascending');
  await expect(column('Name')).not.toHaveAttribute('aria-sort');

  await page.getByRole('link', { name: 'Name' }).click();
  await expect(page).toHaveURL(/sort=name/);
  await expect(names(page)).toHaveText(['Adam A', 'Mia M', 'Zoe Z']);
  await expect(column('Name')).toHaveAttribute('aria-sort', 'ascending');

  await page.getByRole('link', { name: 'Name' }).click();
  await expect(names(page)).toHaveText(['Zoe Z', 'Mia M', 'Adam A']);
  await expect(column('Name')).toHaveAttribute('aria-sort', 'descending');
});

test('the filter by status applies to the roster and to the CSV file', async ({ page, api }) => {
  const { organizer, competition } = await roster(api, ['=SUM(A1)', 'Ümit Ö']);
  const gone = await api.participant('Gone G');
  await api.register(gone, competition);
  await api.cancelRegistration(gone, competition);
  await logInAs(page, organizer);
  await open(page, `/competitions/${competition.id}/manage/participants`);

  await page.getByLabel('Status').selectOption('Cancelled');
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(names(page)).toHaveText(['Gone G']);
  const onlyGone = await download(page);
  expect(onlyGone).toHaveLength(2);
  expect(onlyGone[1]).toMatch(/^"Gone G",/);

  await open(page, `/competitions/${competition.id}/manage/participants?sort=-registered`);
  const all = await download(page);
  expect(all[0]).toBe('\uFEFF"Name","Email","Status","Registered at","Registration ID"');
  expect(all.slice(1).map((line) => line.split(',')[0])).toEqual(['"Gone G"', '"Ümit Ö"', `"'=SUM(A1)"`]);
});

/** The lines of the CSV file. */
async function download(page: Page): Promise<string[]> {
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download as CSV' }).click(),
  ]);
  expect(file.suggestedFilename()).toMatch(/^chess-open-.*-registrations\.csv$/);
  return (await readFile(await file.path(), 'utf8')).trimEnd().split('\r\n');
}

test('an empty roster and no match have different texts', async ({ page, api }) => {
  const { organizer, competition } = await roster(api, []);
  await logInAs(page, organizer);
  await open(page, `/competitions/${competition.id}/manage/participants?search=x`);
  await expect(page.getByText('No participants yet')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Download as CSV' })).toBeHidden();

  await api.register(await api.participant(), competition);
  await open(page, `/competitions/${competition.id}/manage/participants?search=nobody`);
  await expect(page.getByText('No participants match your search')).toBeVisible();
  await page.getByRole('link', { name: 'Show all participants' }).click();
  await expect(names(page)).toHaveCount(1);
});

test('a long roster has pages', async ({ page, api }) => {
  const { organizer, competition } = await roster(api, ['A', 'B', 'C', 'D', 'E']);
  await logInAs(page, organizer);
  await open(page, `/competitions/${competition.id}/manage/participants?limit=2&sort=-name`);
  await expect(page.getByRole('main').getByRole('status')).toHaveText('5 registrations, page 1 of 3');

  await page.getByRole('link', { name: 'Page 3' }).click();

  await expect(names(page)).toHaveText(['A']);
  await expect(page).toHaveURL(/limit=2/);
  await expect(page).toHaveURL(/sort=(-|%2D)name/);

  await open(page, `/competitions/${competition.id}/manage/participants?limit=2&page=9`);
  await expect(page.getByText('Page not found')).toBeVisible();
  await page.getByRole('link', { name: 'Go to the first page' }).click();
  await expect(names(page)).toHaveText(['A', 'B']);
});

test('sorting keeps the focus and the scroll position', { tag: '@js' }, async ({ page, api }) => {
  const { organizer, competition } = await roster(api, ['Pia', 'Ada', 'Mia']);
  await page.setViewportSize({ width: 1000, height: 400 });
  await logInAs(page, organizer);
  await open(page, `/competitions/${competition.id}/manage/participants`);
  const byName = page.getByRole('link', { name: 'Name', exact: true });
  await byName.focus();
  const scrolled = () => page.evaluate(() => Math.round(window.scrollY));
  const before = await scrolled();
  expect(before).toBeGreaterThan(0);

  await page.keyboard.press('Enter');

  await expect(names(page)).toHaveText(['Ada', 'Mia', 'Pia']);
  await expect(byName).toBeFocused();
  expect(await scrolled()).toBe(before);
});

test('the dashboard of the organizer links to the roster and shows the trend', async ({ page, api }) => {
  const { organizer, competition } = await roster(api, ['Pia', 'Paul']);
  await logInAs(page, organizer);
  await open(page, '/dashboard');

  await expect(page.getByRole('region', { name: 'Registrations in the last 30 days' })).toContainText(
    '2 registrations, the most on',
  );
  await page.getByText('View as table').click();
  await expect(page.getByRole('row').nth(1).getByRole('cell')).toHaveText('2');
  await page.getByRole('link', { name: `Manage ${competition.title}` }).click();

  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`Manage ${competition.title}`);
  await expect(page.getByRole('definition').first()).toHaveText('2 of 40');
  const latest = page.getByRole('region', { name: 'Latest registrations' });
  await expect(latest.getByRole('rowheader')).toHaveText(['Paul', 'Pia']);
  await latest.getByRole('link', { name: 'All participants' }).click();
  await expect(names(page)).toHaveText(['Pia', 'Paul']);
});

test('on a narrow screen the roster fits and can be sorted', async ({ page, api }) => {
  const { organizer, competition } = await roster(api, [unique('Donaudampfschifffahrtsgesellschaft')]);
  await page.setViewportSize(NARROWEST);
  await logInAs(page, organizer);
  await open(page, `/competitions/${competition.id}/manage/participants`);

  expect(await widthOf(page)).toBeLessThanOrEqual(NARROWEST.width);
  const cells = page.getByRole('row').filter({ has: names(page) }).getByRole('cell');
  await expect(cells).toHaveCount(2);
  for (const cell of [names(page), ...(await cells.all())]) {
    const { x, width } = (await cell.boundingBox()) ?? { x: 0, width: Infinity };
    expect(x + width).toBeLessThanOrEqual(NARROWEST.width);
  }
  await page.getByRole('link', { name: 'Name', exact: true }).click();
  await expect(page).toHaveURL(/sort=name/);
});

test('the tabs lead to every page where a competition is managed', async ({ page, api }) => {
  const { organizer, competition } = await roster(api, ['Pia']);
  await logInAs(page, organizer);
  await open(page, `/competitions/${competition.id}/manage`);
  const tabs = page.getByRole('navigation', { name: 'Manage the competition' }).getByRole('link');
  await expect(tabs).toHaveText(['Overview', 'Participants', 'Waiting list', 'Messages', 'Questions', 'Settings']);
  for (const name of ['Participants', 'Waiting list', 'Messages', 'Questions', 'Settings']) {
    await hydrated(page);
    await tabs.filter({ hasText: name }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(name);
    await expect(page).toHaveTitle(`${name} of ${competition.title} – Mini Compete`);
    await expect(tabs.and(page.locator('[aria-current="page"]'))).toHaveText(name);
    if (hydrates(page)) {
      await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
      await expectAccessible(page);
    }
  }
});

test('a check-in list has everyone with a seat by name, and prints without the rest of the page', async ({ page, api }) => {
  const { organizer, competition } = await roster(api, ['Zoe Z', 'adam a', 'Mia M']);
  const gone = await api.participant('Gone G');
  await api.register(gone, competition);
  await api.cancelRegistration(gone, competition);
  await logInAs(page, organizer);
  await open(page, `/competitions/${competition.id}/manage/participants`);
  await page.getByRole('link', { name: 'Check-in list' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`Check-in list: ${competition.title}`);
  await expect(names(page)).toHaveText(['adam a', 'Mia M', 'Zoe Z']);
  await expect(page.getByText('3 participants with a seat')).toBeVisible();
  if (hydrates(page)) await expect(page.getByRole('button', { name: 'Print' })).toBeVisible();

  // The width of A4 without margins.
  await page.setViewportSize({ width: 680, height: 900 });
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  await expect(page.getByRole('columnheader', { name: 'Name' })).toBeVisible();
  const [name, email] = [names(page).first(), page.getByRole('cell').first()];
  const [left, right] = [await name.boundingBox(), await email.boundingBox()];
  expect(right?.x ?? 0).toBeGreaterThan((left?.x ?? 0) + (left?.width ?? 0));
  await expect(page.getByRole('banner')).toBeHidden();
  await expect(page.getByRole('contentinfo')).toBeHidden();
  await expect(names(page)).toHaveText(['adam a', 'Mia M', 'Zoe Z']);
  await expect(page.getByRole('table')).toHaveCSS('background-color', 'rgb(255, 255, 255)');
  await expect(names(page).first()).toHaveCSS('color', 'rgb(0, 0, 0)');

  await page.emulateMedia({ media: 'screen' });
  await open(page, `/competitions/${competition.id}/manage/participants?status=CANCELLED`);
  await page.getByRole('link', { name: 'Check-in list' }).click();
  await expect(names(page)).toHaveText(['Gone G']);
  await expect(page.getByText('Cancelled: 1')).toBeVisible();
});

test('the settings lead to the form of the visibility', async ({ page, api }) => {
  const { organizer, competition } = await roster(api, ['Pia']);
  await page.setViewportSize({ width: 1000, height: 400 });
  await logInAs(page, organizer);
  await open(page, `/competitions/${competition.id}/manage/settings`);
  await hydrated(page);
  await page.getByRole('link', { name: 'Visibility' }).click();
  await expect(page).toHaveURL(/#visibility$/);
  await expect(page.getByRole('heading', { name: 'Visibility' })).toBeInViewport();
});

test('a draft shows what to set up before it is published', async ({ page, api }) => {
  const organizer = await api.organizer();
  const competition = await api.competition({ owner: organizer, visibility: 'DRAFT' });
  await logInAs(page, organizer);
  await open(page, `/competitions/${competition.id}/manage`);
  const before = page.getByRole('region', { name: 'Before you publish' });
  await expect(before.getByRole('listitem')).toHaveText(['CoverA drawn pattern', 'QuestionsNo questions', 'Who can registerEveryone']);
  await expect(page.getByLabel('Link to share')).toHaveCount(0);

  await hydrated(page);
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await expect(page.getByLabel('Link to share')).toHaveValue(new RegExp(`/competitions/${competition.id}$`));
  await expect(before).toHaveCount(0);
});

test.describe('forbidden', () => {
  test.use({ expectedStatuses: [403] });

  test('another organizer can neither see the roster nor cancel', async ({ page, api }) => {
    const { competition } = await roster(api, ['Pia Participant']);
    await logInAs(page, await api.organizer());
    for (const path of ['manage', 'manage/participants', 'manage/waiting-list', 'manage/settings', 'cancel']) {
      const answer = await open(page, `/competitions/${competition.id}/${path}`);
      expect(answer?.status()).toBe(403);
      await expect(page.getByRole('main')).not.toContainText('Pia Participant');
    }
    await open(page, `/competitions/${competition.id}`);
    await expect(page.getByRole('link', { name: 'Manage' })).toBeHidden();
  });
});
