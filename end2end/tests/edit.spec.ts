import type { Page } from '@playwright/test';
import type { Competition } from '../support/api.ts';
import { expect, hydrated, javaScriptOn, open, test } from '../support/fixtures.ts';
import { errorSummary } from '../support/forms.ts';
import { logInAs } from '../support/session.ts';
import { toast } from '../support/toasts.ts';
import { unique } from '../support/unique.ts';

async function openForm(page: Page, competition: Competition): Promise<void> {
  await open(page, `/competitions/${competition.id}/edit`);
}

async function save(page: Page): Promise<void> {
  await hydrated(page);
  await page.getByRole('button', { name: 'Save changes' }).click();
}

test('an edit changes only the edited fields', async ({ page, api }) => {
  const owner = await api.organizer();
  const competition = await api.competition({ owner, tags: ['chess'], start: 14, zone: 'Europe/Berlin' });
  await logInAs(page, owner);
  await openForm(page, competition);
  await expect(page.getByLabel('Time zone')).toHaveValue('Europe/Berlin');
  const title = unique('Renamed');

  await page.getByLabel('Title').fill(title);
  await page.getByLabel('Capacity').fill('41');
  await save(page);

  await expect(page).toHaveURL(`/competitions/${competition.id}`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(title);
  await expect(toast(page, 'Your changes are saved')).toBeVisible();
  await expect(page.getByText('41 of 41 seats left')).toBeVisible();
  const changed = { title, capacity: 41, seatsLeft: 41, version: 2, updatedAt: expect.any(String) };
  const edited = { ...competition, ...changed };
  // Part of the organizer's view only.
  delete edited.onlineUrl;
  expect(await api.find(competition)).toMatchObject(edited);
});

test('participants are notified of a new title, unless the organizer unticks it', async ({ page, api }) => {
  const owner = await api.organizer();
  const competition = await api.competition({ owner });
  await logInAs(page, owner);
  const notify = page.getByRole('checkbox', { name: 'Notify the participant' });
  await openForm(page, competition);
  await expect(page.getByLabel('Capacity')).toBeVisible();
  await expect(notify).toHaveCount(0);
  await api.register(await api.participant(), competition);

  await openForm(page, competition);
  await expect(notify).toBeChecked();
  await page.getByLabel('Title').fill(unique('Renamed'));
  await page.getByLabel('Message to participants').fill('It has grown.');
  await page.getByRole('button', { name: 'Preview' }).click();
  await expect(page.getByRole('region', { name: 'Preview' })).toBeVisible();
  await expect(page.getByLabel('Message to participants')).toHaveValue('It has grown.');
  await save(page);
  const saved = 'Your changes are saved';
  await expect(toast(page, `${saved}. Participants are notified in a few minutes.`)).toBeVisible();

  await openForm(page, competition);
  await page.getByLabel('Title').fill(unique('Corrected'));
  await notify.uncheck();
  await save(page);
  await expect(page).toHaveURL(`/competitions/${competition.id}`);
  await expect(toast(page, saved)).toBeVisible();
});

test('a preview changes nothing and keeps the typed text', async ({ page, api }) => {
  const owner = await api.organizer();
  const competition = await api.competition({ owner });
  await logInAs(page, owner);
  await openForm(page, competition);
  await page.getByLabel('Description').fill('Now **ten** rounds.');

  await page.getByRole('button', { name: 'Preview' }).click();

  const preview = page.getByRole('region', { name: 'Preview' });
  await expect(preview.locator('strong')).toHaveText('ten');
  await expect(page.getByLabel('Description')).toHaveValue('Now **ten** rounds.');
  expect(await api.find(competition)).toMatchObject({ title: competition.title, version: 1 });
  await save(page);
  await expect(page.locator('article strong')).toHaveText('ten');
});

test.describe('refused', () => {
  test.use({ expectedStatuses: [400, 409] });

  test('a conflicting edit is explained, and a version can be chosen for each field', async ({ page, api }) => {
    const owner = await api.organizer();
    const competition = await api.competition({ owner, seats: 5 });
    await logInAs(page, owner);
    await openForm(page, competition);
    await page.getByLabel('Title').fill('Mine');
    await page.getByLabel('Description').fill('My text');
    await api.edit(owner, competition, { title: 'Theirs', description: 'Their text', capacity: 7 });

    await save(page);

    await expect(errorSummary(page)).toContainText('changed since you opened it');
    if (javaScriptOn()) await expect(errorSummary(page)).toBeFocused();
    await expect(page.getByLabel('Title')).toHaveValue('Mine');
    await expect(page.getByText('Theirs', { exact: true })).toBeVisible();
    await expect(page.getByText('Their text', { exact: true })).toBeVisible();
    await expect(page.getByLabel('Capacity')).toHaveValue('7');
    expect(await api.find(competition)).toMatchObject({ title: 'Theirs', version: 2 });

    await hydrated(page);
    // The first conflicting field, the title, stays mine; the second one, the description, becomes theirs.
    await page.getByRole('checkbox', { name: 'Use this instead of mine' }).nth(1).check();
    await save(page);

    await expect(page).toHaveURL(`/competitions/${competition.id}`);
    const now = { title: 'Mine', description: 'Their text', capacity: 7, version: 3 };
    expect(await api.find(competition)).toMatchObject(now);
  });

  test('a cancelled competition cannot be edited', async ({ page, api }) => {
    const owner = await api.organizer();
    const competition = await api.competition({ owner });
    await api.cancel(owner, competition);
    await logInAs(page, owner);

    const answer = await open(page, `/competitions/${competition.id}/edit`);

    expect(answer?.status()).toBe(409);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('This competition was cancelled');
    await expect(page.getByRole('button', { name: 'Save changes' })).toBeHidden();
  });

  test('a capacity below the seats taken is refused, and a higher one is accepted', async ({ page, api }) => {
    const [owner, participant] = await Promise.all([api.organizer(), api.participant()]);
    const competition = await api.competition({ owner, seats: 5 });
    await api.register(participant, competition);
    await logInAs(page, owner);
    await openForm(page, competition);
    await expect(page.getByText('at least 1: one seat is taken')).toBeVisible();
    const other = await api.participant();
    await api.register(other, competition);

    await page.getByLabel('Capacity').fill('1');
    await save(page);
    await expect(errorSummary(page)).toContainText('Enter a capacity of at least 2');
    await expect(page.getByLabel('Capacity')).toHaveValue('1');

    await page.getByLabel('Capacity').fill('2');
    await save(page);
    await expect(page.getByText('0 of 2 seats left')).toBeVisible();
  });

  test('each error is beside its field', async ({ page, api }) => {
    const owner = await api.organizer();
    const competition = await api.competition({ owner });
    await logInAs(page, owner);
    await openForm(page, competition);

    await page.getByLabel('Title').fill(' ');
    await page.getByLabel('Registration closes').fill('');
    await save(page);

    await expect(errorSummary(page).getByRole('link')).toHaveText([
      'Enter a title',
      'Enter a closing time',
    ]);
  });
});

test.describe('reminders', () => {
  test.use({ expectedStatuses: [400] });

  test('an organizer chooses when participants are reminded', async ({ page, api }) => {
    const owner = await api.organizer();
    const competition = await api.competition({ owner, start: 14 });
    await logInAs(page, owner);
    await openForm(page, competition);
    const reminders = page.getByLabel('Reminders (optional)');
    await expect(reminders).toHaveValue('1 day');

    await reminders.fill('tomorrow');
    await save(page);
    await expect(errorSummary(page)).toContainText('Enter at most three reminders, from 1 hour to 30 days');
    await expect(reminders).toHaveValue('tomorrow');

    await reminders.fill('2h, 1 Week');
    await save(page);
    await expect(page).toHaveURL(`/competitions/${competition.id}`);
    expect(await api.find(competition)).toMatchObject({ reminderOffsets: [10_080, 120] });
    await openForm(page, competition);
    await expect(reminders).toHaveValue('1 week, 2 hours');
  });
});

test.describe('for others', () => {
  test.use({ expectedStatuses: [403, 404] });

  test('only the organizer of the competition can open the form', async ({ page, api }) => {
    const [competition, other, participant] = await Promise.all([
      api.competition(),
      api.organizer(),
      api.participant(),
    ]);
    await page.goto(`/competitions/${competition.id}/edit`);
    await expect(page).toHaveURL(/\/auth\/login/);
    for (const person of [other, participant]) {
      await logInAs(page, person);
      const answer = await open(page, `/competitions/${competition.id}/edit`);
      expect(answer?.status()).toBe(403);
      await expect(page.getByRole('heading', { name: 'This page is not for your account' })).toBeVisible();
    }
    await logInAs(page, other);
    const answer = await open(page, '/competitions/01939a00-0000-7000-8000-000000000000/edit');
    expect(answer?.status()).toBe(404);
  });
});
