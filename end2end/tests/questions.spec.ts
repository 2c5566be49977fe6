import type { Page } from '@playwright/test';
import { expectAccessible } from '../support/accessibility.ts';
import { expect, hydrated, hydrates, open, test } from '../support/fixtures.ts';
import { errorSummary } from '../support/forms.ts';
import { registration } from '../support/panel.ts';
import { logInAs } from '../support/session.ts';
import { toast } from '../support/toasts.ts';
import { unique } from '../support/unique.ts';

const SIZE = { kind: 'ONE_OF', label: 'Size', required: true, options: ['S', 'M', 'L'] };
const DAYS = { kind: 'ANY_OF', label: 'Days', options: ['Friday', 'Saturday'] };
const TERMS = { kind: 'YES_NO', label: 'I accept the terms', required: true, link: 'https://example.com/terms' };
const EACH_KIND = [
  { kind: 'SHORT_TEXT', label: 'Team', help: 'If you have one' },
  { kind: 'LONG_TEXT', label: 'About you' },
  { kind: 'NUMBER', label: 'Age', required: true },
  { kind: 'DATE', label: 'Arrival' },
  { kind: 'URL', label: 'Portfolio' },
  { kind: 'COUNTRY', label: 'Country' },
  SIZE,
  DAYS,
  TERMS,
];

// What is missing is refused, and what others have changed meanwhile.
test.use({ expectedStatuses: [400] });

function question(page: Page, name: string) {
  return page.getByRole('group', { name });
}

async function save(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Save questions' }).click();
  await expect(toast(page, 'The questions are saved')).toBeVisible();
  await hydrated(page);
}

test('an organizer asks, orders and removes questions', { tag: '@phone' }, async ({ page, api }) => {
  const owner = await api.organizer();
  const competition = await api.competition({ owner, title: unique('Asking Open') });
  await logInAs(page, owner);
  await open(page, `/competitions/${competition.id}/manage`);
  await page.getByRole('navigation', { name: 'Manage the competition' }).getByRole('link', { name: 'Questions' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Questions');
  await hydrated(page);

  await test.step('a question without options is refused where they are missing', async () => {
    const added = question(page, 'New question');
    await expect(added.getByLabel('Options')).toBeHidden();
    await added.getByLabel('Question', { exact: true }).fill('Size');
    await added.getByLabel('Kind').selectOption('One of several options');
    await expect(added.getByLabel('Options')).toBeVisible();
    await added.getByLabel('Required').check();
    await page.getByRole('button', { name: 'Save questions' }).click();
    await expect(errorSummary(page)).toContainText('Give 1 to 50 options');
    await expect(added.getByLabel('Question', { exact: true })).toHaveValue('Size');
    await hydrated(page);
    await added.getByLabel('Options').fill('S\nM\nL');
    await save(page);
  });

  await test.step('Enter in a field saves', async () => {
    await expect(question(page, 'Question 1').getByLabel('Options')).toHaveValue('S\nM\nL');
    const field = question(page, 'New question').getByLabel('Question', { exact: true });
    await field.fill('Team');
    await field.press('Enter');
    await expect(question(page, 'Question 2').getByLabel('Question', { exact: true })).toHaveValue('Team');
    await hydrated(page);
  });

  await test.step('the second becomes the first, and is removed', async () => {
    await question(page, 'Question 2').getByRole('button', { name: 'Move up' }).click();
    await expect(question(page, 'Question 1').getByLabel('Question', { exact: true })).toHaveValue('Team');
    await hydrated(page);
    await question(page, 'Question 1').getByRole('button', { name: 'Remove' }).click();
    await expect(question(page, 'Question 1').getByLabel('Question', { exact: true })).toHaveValue('Size');
    await expect(question(page, 'Question 2')).toHaveCount(0);
  });
});

test('a participant answers questions of each kind, and changes an answer', { tag: '@phone' }, async ({ page, api }) => {
  const owner = await api.organizer();
  const competition = await api.competition({ owner, title: unique('Asking Open'), questions: EACH_KIND });
  const participant = await api.participant();
  await logInAs(page, participant);
  await open(page, `/competitions/${competition.id}`);
  await registration(page).getByRole('link', { name: 'Register' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`Register for ${competition.title}`);
  await hydrated(page);

  await page.getByLabel('Team (optional)').fill('The Crabs');
  await page.getByRole('button', { name: 'Register' }).click();
  const summary = errorSummary(page);
  for (const label of ['Age', 'Size']) await expect(summary).toContainText(`${label}: this question must be answered`);
  await expect(summary).toContainText('I accept the terms: this must be accepted');
  await expect(page.getByLabel('Team (optional)')).toHaveValue('The Crabs');
  if (hydrates(page)) await expectAccessible(page);
  await hydrated(page);

  await page.getByLabel('About you (optional)').fill('two\nlines');
  await page.getByLabel('Age').fill('42');
  await page.getByLabel('Arrival (optional)').fill('2030-11-29');
  await page.getByLabel('Portfolio (optional)').fill('https://example.com');
  await page.getByLabel('Country (optional)').selectOption('Germany');
  await question(page, 'Size').getByLabel('M', { exact: true }).check();
  await question(page, 'Days (optional)').getByLabel('Saturday').check();
  await page.getByLabel('I accept the terms').check();
  await page.getByRole('button', { name: 'Register' }).click();
  await expect(page).toHaveURL(`/competitions/${competition.id}#registration`);
  await expect(page.getByText('You are registered', { exact: true })).toBeInViewport();

  const answers = async () => {
    const [mine] = await api.registrationsOf(participant);
    return Object.fromEntries(mine!.answers.map(({ question, value }) => [question, value]));
  };
  const given = {
    Team: 'The Crabs',
    'About you': 'two\nlines',
    Age: 42,
    Arrival: '2030-11-29',
    Portfolio: 'https://example.com/',
    Country: 'DE',
    Size: 'M',
    Days: ['Saturday'],
    'I accept the terms': true,
  };
  expect(await answers()).toEqual(given);

  await page.getByRole('link', { name: 'Change your answers' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`Your answers for ${competition.title}`);
  await hydrated(page);
  await expect(question(page, 'Size').getByLabel('M', { exact: true })).toBeChecked();
  await expect(page.getByLabel('Country (optional)')).toHaveValue('DE');
  await question(page, 'Size').getByLabel('L', { exact: true }).check();
  await question(page, 'Days (optional)').getByLabel('Saturday').uncheck();
  await page.getByRole('button', { name: 'Save answers' }).click();
  await expect(toast(page, 'Your answers are saved')).toBeVisible();
  const { Days: _, ...rest } = given;
  expect(await answers()).toEqual({ ...rest, Size: 'L' });

  await test.step('the ticket has the answers', async () => {
    await open(page, '/dashboard');
    await page.getByText(`Your answers for ${competition.title}`).click();
    await expect(page.getByRole('definition').filter({ hasText: 'The Crabs' })).toBeVisible();
    await expect(page.getByRole('definition').filter({ hasText: '29 Nov 2030' })).toBeVisible();
    await page.getByRole('link', { name: 'See or change answers' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(`Your answers for ${competition.title}`);
  });
});

test('an organizer reads answers in the roster and filters it by one', async ({ page, api }) => {
  const owner = await api.organizer();
  const competition = await api.competition({ owner, title: unique('Asking Open'), questions: [SIZE, DAYS] });
  const [ada, ben] = await Promise.all([api.participant('Ada Answers'), api.participant('Ben Answers')]);
  await api.register(ada, competition, ['M', ['Friday']]);
  await api.register(ben, competition, ['L', []]);
  await logInAs(page, owner);
  await open(page, `/competitions/${competition.id}/manage/participants`);
  await hydrated(page);
  const row = page.getByRole('row', { name: 'Ada Answers' });
  await row.getByText('Answers', { exact: true }).click();
  await expect(row.getByRole('definition').first()).toHaveText('M');
  await page.getByLabel('Answer', { exact: true }).selectOption('L');
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(page.getByRole('status').filter({ hasText: '1 registration' })).toBeVisible();
  await expect(page.getByRole('row', { name: 'Ben Answers' })).toBeVisible();
  await expect(row).toHaveCount(0);
  if (hydrates(page)) await expectAccessible(page);
});

test('an organizer filters a roster by an answer that has no choices', async ({ page, api }) => {
  const owner = await api.organizer();
  const questions = [{ kind: 'NUMBER', label: 'Rating' }, SIZE];
  const competition = await api.competition({ owner, title: unique('Asking Open'), questions });
  const [ada, ben] = await Promise.all([api.participant('Ada Rated'), api.participant('Ben Rated')]);
  await api.register(ada, competition, [1200, 'M']);
  await api.register(ben, competition, [1850, 'M']);
  await logInAs(page, owner);
  await open(page, `/competitions/${competition.id}/manage/participants`);
  await hydrated(page);
  await page.getByLabel('Answer', { exact: true }).selectOption('Rating');
  await page.getByLabel('Typed answer').fill('1850');
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(page.getByRole('status').filter({ hasText: '1 registration' })).toBeVisible();
  await expect(page.getByRole('row', { name: 'Ben Rated' })).toBeVisible();
  await expect(page.getByLabel('Typed answer')).toHaveValue('1850');
  await expect(page.getByLabel('Answer', { exact: true }).locator('option:checked')).toHaveText('Rating');
  if (hydrates(page)) await expectAccessible(page);
});

test('an organizer saves questions although the competition was changed in another tab', async ({ page, api }) => {
  const owner = await api.organizer();
  const competition = await api.competition({ owner, title: unique('Asking Open'), questions: [SIZE] });
  await logInAs(page, owner);
  await open(page, `/competitions/${competition.id}/questions`);
  await hydrated(page);
  await api.ask(owner, competition, [...competition.questions!, DAYS]);
  await question(page, 'New question').getByLabel('Question', { exact: true }).fill('Team');
  await page.getByRole('button', { name: 'Save questions' }).click();
  await expect(errorSummary(page)).toContainText('This competition was changed since you opened it');
  await hydrated(page);
  await save(page);
  const labels = async () => (await api.find(competition)).questions?.map(({ label }) => label);
  await expect.poll(labels).toEqual(['Size', 'Team', 'Days']);
});

test('a participant answers a question that was added while the form was open', async ({ page, api }) => {
  const owner = await api.organizer();
  const news = { kind: 'YES_NO', label: 'Send me news' };
  const competition = await api.competition({ owner, title: unique('Asking Open'), questions: [SIZE, news] });
  const participant = await api.participant();
  await logInAs(page, participant);
  await open(page, `/competitions/${competition.id}/register`);
  await hydrated(page);
  await question(page, 'Size').getByLabel('M', { exact: true }).check();
  await api.ask(owner, competition, [...competition.questions!, { kind: 'NUMBER', label: 'Age', required: true }]);
  await page.getByRole('button', { name: 'Register' }).click();
  await expect(errorSummary(page)).toContainText('Age: this question must be answered');
  await hydrated(page);
  await expect(question(page, 'Size').getByLabel('M', { exact: true })).toBeChecked();
  await page.getByLabel('Age').fill('42');
  await page.getByRole('button', { name: 'Register' }).click();
  await expect(page.getByText('You are registered', { exact: true })).toBeVisible();
  const [mine] = await api.registrationsOf(participant);
  const answers = mine!.answers.map(({ question, value }) => [question, value]);
  // A box that is not ticked is a no.
  expect(answers).toEqual([
    ['Size', 'M'],
    ['Send me news', false],
    ['Age', 42],
  ]);
});

test('an organizer corrects the answers of a participant', { tag: '@phone' }, async ({ page, api }) => {
  const [owner, participant] = [await api.organizer('Olga Organizer'), await api.participant('Pia Participant')];
  const competition = await api.competition({ owner, title: unique('Corrected'), questions: [SIZE, DAYS] });
  await api.register(participant, competition, ['S', ['Friday']]);
  // The confirmation changes the registration, too.
  await expect.poll(async () => (await api.registrationsOf(participant))[0]?.status).toBe('CONFIRMED');
  await logInAs(page, owner);
  await open(page, `/competitions/${competition.id}/manage/participants`);
  await page.getByRole('link', { name: 'Details of Pia Participant' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Pia Participant');
  await hydrated(page);
  await expect(page.getByRole('heading', { name: 'History' })).toHaveCount(0);
  await expect(question(page, 'Size').getByLabel('S', { exact: true })).toBeChecked();

  await question(page, 'Size').getByLabel('M', { exact: true }).check();
  await page.getByLabel('Friday').uncheck();
  await page.getByRole('button', { name: 'Save answers' }).click();

  await expect(toast(page, 'The answers are saved')).toBeVisible();
  await expect(question(page, 'Size').getByLabel('M', { exact: true })).toBeChecked();
  await expect(page.getByLabel('Friday')).not.toBeChecked();
  await expect(page.getByRole('listitem').filter({ hasText: 'Answers edited by Olga Organizer' })).toBeVisible();
  if (hydrates(page)) await expectAccessible(page);
  if (hydrates(page)) await expect(page.getByRole('heading', { name: 'Answers' })).toBeFocused();
  const [mine] = await api.registrationsOf(participant);
  expect(mine!.answers.map(({ question, value }) => [question, value])).toEqual([['Size', 'M']]);
  await expect
    .poll(async () => (await api.mailOf(participant)).map(({ subject }) => subject))
    .toContain(`Answers edited: ${competition.title}`);
});

test('the page of a participant shows what was decided, and why', async ({ page, api }) => {
  const [owner, participant] = [await api.organizer('Olga Organizer'), await api.participant('Pia Participant')];
  const competition = await api.competition({ owner, title: unique('Decided') });
  const registration = await api.register(participant, competition);
  await api.reject(owner, competition, [registration.id], 'For students only');
  await logInAs(page, owner);
  await open(page, `/competitions/${competition.id}/registrations/${registration.id}`);
  const event = page.getByRole('listitem').filter({ hasText: 'Removed by Olga Organizer' });
  await expect(event).toContainText('For students only');
  await expect(page.getByRole('button', { name: 'Save answers' })).toHaveCount(0);
});

test.describe('a stale form', () => {
  test.use({ expectedStatuses: [409] });

  test('of the answers of a participant shows what has changed', async ({ page, api }) => {
    const [owner, participant] = [await api.organizer(), await api.participant()];
    const competition = await api.competition({ owner, title: unique('Stale'), questions: [SIZE, DAYS] });
    const registration = await api.register(participant, competition, ['S']);
    await expect.poll(async () => (await api.registrationsOf(participant))[0]?.status).toBe('CONFIRMED');
    await logInAs(page, owner);
    await open(page, `/competitions/${competition.id}/registrations/${registration.id}`);
    await hydrated(page);
    await api.correctAnswers(owner, competition, registration, ['L', ['Friday']]);

    await question(page, 'Size').getByLabel('M', { exact: true }).check();
    await page.getByRole('button', { name: 'Save answers' }).click();

    await expect(errorSummary(page)).toContainText('make your changes again');
    await expect(question(page, 'Size').getByLabel('L', { exact: true })).toBeChecked();
    await expect(page.getByLabel('Friday')).toBeChecked();
    await hydrated(page);
    await question(page, 'Size').getByLabel('M', { exact: true }).check();
    await page.getByRole('button', { name: 'Save answers' }).click();
    await expect(toast(page, 'The answers are saved')).toBeVisible();
  });
});
