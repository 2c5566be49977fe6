import type { Page } from '@playwright/test';
import { expect, hydrated, open, test } from '../support/fixtures.ts';
import { competitionFields, createCompetition } from '../support/forms.ts';
import { logInAs } from '../support/session.ts';
import { inDays } from '../support/time.ts';
import { toast } from '../support/toasts.ts';
import { unique } from '../support/unique.ts';

// A form with a stale version is answered 409.
test.use({ expectedStatuses: [409] });

const offer = (page: Page) => page.getByText('You have not saved what you typed here');
const title = (page: Page) => page.getByLabel('Title', { exact: true });

test('text that was not saved is restored when the form is opened again', { tag: '@js' }, async ({ page, api }) => {
  const organizer = await api.organizer();
  await logInAs(page, organizer);
  await open(page, '/competitions/create');
  await hydrated(page);
  await expect(offer(page)).toBeHidden();
  await title(page).fill('Half a tournament');
  await page.getByLabel('Description').fill('Seven **rounds**.');
  await page.getByLabel('Capacity').fill('12');
  await page.getByLabel('Unlisted').check();

  await open(page, '/competitions');
  await open(page, '/competitions/create');
  await expect(offer(page)).toBeVisible();
  await expect(title(page)).toHaveValue('');
  await page.getByRole('button', { name: 'Restore' }).click();

  await expect(offer(page)).toBeHidden();
  await expect(title(page)).toHaveValue('Half a tournament');
  await expect(page.getByLabel('Description')).toHaveValue('Seven **rounds**.');
  await expect(page.getByLabel('Capacity')).toHaveValue('12');
  await expect(page.getByLabel('Unlisted')).toBeChecked();
});

test('text that is offered stays until the user has decided, whatever is typed meanwhile', { tag: '@js' }, async ({ page, api }) => {
  await logInAs(page, await api.organizer());
  await open(page, '/competitions/create');
  await hydrated(page);
  await title(page).fill('Half a tournament');
  await open(page, '/competitions/create');
  await expect(offer(page)).toBeVisible();
  await title(page).fill('Z');
  page.on('dialog', (dialog) => dialog.accept());
  await open(page, '/competitions/create');
  await expect(offer(page)).toBeVisible();
  await page.getByRole('button', { name: 'Restore' }).click();
  await expect(title(page)).toHaveValue('Half a tournament');
});

test('text that was not saved is discarded on request, and by publishing', { tag: '@js' }, async ({ page, api }) => {
  await logInAs(page, await api.organizer());
  await open(page, '/competitions/create');
  await hydrated(page);
  await title(page).fill('Half a tournament');
  await open(page, '/competitions/create');
  await page.getByRole('button', { name: 'Discard' }).click();
  await open(page, '/competitions/create');
  await hydrated(page);
  await expect(offer(page)).toBeHidden();

  const whole = unique('Whole');
  await createCompetition(page, competitionFields(whole, inDays(7), inDays(14)));
  await expect(page.getByRole('heading', { name: whole })).toBeVisible();
  await open(page, '/competitions/create');
  await hydrated(page);
  await expect(offer(page)).toBeHidden();
});

test('text that was not saved is not shown to another user of the browser', { tag: '@js' }, async ({ page, api }) => {
  await logInAs(page, await api.organizer());
  await open(page, '/competitions/create');
  await hydrated(page);
  await title(page).fill('Half a tournament');

  await logInAs(page, await api.organizer());
  await open(page, '/competitions/create');
  await hydrated(page);

  await expect(offer(page)).toBeHidden();
});

test('restored text never replaces a later change of the competition', { tag: '@js' }, async ({ page, api }) => {
  const owner = await api.organizer();
  const competition = await api.competition({ owner });
  await logInAs(page, owner);
  await open(page, `/competitions/${competition.id}/edit`);
  await hydrated(page);
  await page.getByLabel('Summary').fill('Mine');
  await api.edit(owner, competition, { summary: 'Theirs' });

  await open(page, `/competitions/${competition.id}/edit`);
  await expect(page.getByLabel('Summary')).toHaveValue('Theirs');
  await page.getByRole('button', { name: 'Restore' }).click();
  await expect(page.getByLabel('Summary')).toHaveValue('Mine');
  await page.getByRole('button', { name: 'Save changes' }).click();

  await expect(page.getByText('This competition was changed after you opened it')).toBeVisible();
});

test('text that was not saved is kept for a week', { tag: '@js' }, async ({ page, api }) => {
  await logInAs(page, await api.organizer());
  const openAfter = async (days: number) => {
    await open(page, '/competitions/create');
    await hydrated(page);
    await title(page).fill('Half a tournament');
    await page.evaluate((age) => {
      for (const [key, text] of Object.entries(localStorage)) {
        const kept = JSON.parse(text) as { at: number };
        localStorage.setItem(key, JSON.stringify({ ...kept, at: kept.at - age }));
      }
    }, days * 24 * 60 * 60 * 1000);
    await open(page, '/competitions/create');
    await hydrated(page);
  };
  await openAfter(6.9);
  await expect(offer(page)).toBeVisible();

  await openAfter(7.1);

  await expect.poll(() => page.evaluate(() => localStorage.length)).toBe(0);
  await expect(offer(page)).toBeHidden();
});

test('a browser that keeps nothing asks before the page is left', { tag: '@js' }, async ({ page, api }) => {
  await logInAs(page, await api.organizer());
  await page.addInitScript(() => {
    Storage.prototype.setItem = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
  });
  await open(page, '/competitions/create');
  await hydrated(page);
  await title(page).fill('Half a tournament');
  const asked = page.waitForEvent('dialog');

  await page.close({ runBeforeUnload: true });

  const dialog = await asked;
  expect(dialog.type()).toBe('beforeunload');
  await dialog.accept();
});

test('questions that were not saved are restored when the form is opened again', { tag: '@js' }, async ({ page, api }) => {
  const owner = await api.organizer();
  const competition = await api.competition({ owner });
  await logInAs(page, owner);
  const form = `/competitions/${competition.id}/questions`;
  await open(page, form);
  await hydrated(page);
  const question = page.getByRole('group', { name: 'New question' });
  await question.getByLabel('Question').fill('Which shirt size do you wear?');
  await question.getByLabel('Required').check();

  await open(page, form);
  await expect(offer(page)).toBeVisible();
  await page.getByRole('button', { name: 'Restore' }).click();
  await expect(question.getByLabel('Question')).toHaveValue('Which shirt size do you wear?');
  await expect(question.getByLabel('Required')).toBeChecked();
  await page.getByRole('button', { name: 'Save questions' }).click();
  await expect(toast(page, 'The questions are saved')).toBeVisible();

  await open(page, form);
  await hydrated(page);
  await expect(offer(page)).toBeHidden();
});

test('addresses that were not invited are restored in the same tab', { tag: '@js' }, async ({ page, api }) => {
  const owner = await api.organizer();
  const { id } = await api.competition({ owner });
  await logInAs(page, owner);
  await open(page, `/competitions/${id}/invitations`);
  await hydrated(page);
  await page.getByLabel('Email addresses').fill('grace@example.com\nalan@example.com');

  await page.reload();
  await page.getByRole('button', { name: 'Restore' }).click();
  await expect(page.getByLabel('Email addresses')).toHaveValue('grace@example.com\nalan@example.com');
  await page.getByRole('button', { name: 'Invite' }).click();
  await expect(page.getByRole('heading', { name: '2 invitations' })).toBeVisible();
  expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
});

test('smaller forms that were not saved are restored in the same tab', { tag: '@js' }, async ({ page, api }) => {
  const owner = await api.organizer();
  const competition = await api.competition({ owner });
  await logInAs(page, owner);
  for (const [path, label] of [
    ['/account', 'Name'],
    ['/webhooks', 'Description'],
    [`/competitions/${competition.id}/cover`, 'What the picture shows'],
  ] as const) {
    const field = () => page.getByRole('main').getByRole('textbox', { name: label }).first();
    await test.step(path, async () => {
      await open(page, path);
      await hydrated(page);
      await field().fill('Half a sentence');
      await open(page, path);
      await page.getByRole('button', { name: 'Restore' }).click();
      await expect(field()).toHaveValue('Half a sentence');
    });
  }

  await test.step('a saved profile is not offered', async () => {
    await open(page, '/account');
    await page.getByRole('button', { name: 'Restore' }).click();
    await page.getByRole('button', { name: 'Save profile' }).click();
    await expect(page.getByText('Your profile was saved.')).toBeVisible();
    await open(page, '/account');
    await hydrated(page);
    await expect(offer(page)).toBeHidden();
  });
});

test('answers that were not sent are restored in the same tab only', { tag: '@js' }, async ({ page, api }) => {
  const participant = await api.participant();
  const competition = await api.competition({ questions: [{ kind: 'LONG_TEXT', label: 'Why you', required: true }] });
  await logInAs(page, participant);
  const form = `/competitions/${competition.id}/register`;
  await open(page, form);
  await hydrated(page);
  await page.getByLabel('Why you').fill('I have played since 1999.');

  const other = await page.context().newPage();
  await open(other, form);
  await hydrated(other);
  await expect(other.getByLabel('Why you')).toHaveValue('');
  await expect(offer(other)).toBeHidden();
  await other.close();

  await open(page, `/competitions/${competition.id}`);
  await open(page, form);
  await page.getByRole('button', { name: 'Restore' }).click();
  await expect(page.getByLabel('Why you')).toHaveValue('I have played since 1999.');
  await page.getByRole('button', { name: 'Register' }).click();
  await expect(page.getByText('You are registered', { exact: true })).toBeVisible();

  await open(page, `/competitions/${competition.id}/answers`);
  await hydrated(page);
  await page.getByLabel('Why you').fill('I have played since 1998.');
  await page.reload();
  await expect(page.getByLabel('Why you')).toHaveValue('I have played since 1999.');
  await page.getByRole('button', { name: 'Restore' }).click();
  await page.getByRole('button', { name: 'Save answers' }).click();
  await expect(toast(page, 'Your answers are saved')).toBeVisible();
  expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
});

test('answers that were not sent are removed when another user opens a form in the tab', { tag: '@js' }, async ({ page, api }) => {
  const competition = await api.competition({ questions: [{ kind: 'LONG_TEXT', label: 'Why you', required: true }] });
  const form = `/competitions/${competition.id}/register`;
  const kept = () => page.evaluate(() => sessionStorage.length);
  await logInAs(page, await api.participant());
  await open(page, form);
  await hydrated(page);
  await page.getByLabel('Why you').fill('I have played since 1999.');
  expect(await kept()).toBe(1);

  await logInAs(page, await api.participant());
  await open(page, form);
  await hydrated(page);
  await expect.poll(kept).toBe(0);
  await expect(offer(page)).toBeHidden();
});
