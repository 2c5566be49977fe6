import type { Page } from '@playwright/test';
import { expectAccessible } from '../support/accessibility.ts';
import type { Api, Competition, Person } from '../support/api.ts';
import { expect, hydrated, hydrates, open, test } from '../support/fixtures.ts';
import { competitionFields, createCompetition, errorSummary, expectFaults, fillCompetition } from '../support/forms.ts';
import { registration } from '../support/panel.ts';
import { logInAs } from '../support/session.ts';
import { dateAndTime, inDays } from '../support/time.ts';
import { toast } from '../support/toasts.ts';
import { unique } from '../support/unique.ts';

type Full = { organizer: Person; holder: Person; competition: Competition };

/** A competition with a waiting list. The holder has its only seat. */
async function fullCompetition(api: Api, waitlist: number): Promise<Full> {
  const [organizer, holder] = await Promise.all([api.organizer(), api.participant()]);
  const competition = await api.competition({ owner: organizer, title: unique('Full Open'), seats: 1, waitlist });
  await api.register(holder, competition);
  return { organizer, holder, competition };
}

/** A new participant at the end of the waiting list. */
async function waiting(api: Api, competition: Competition, name?: string): Promise<Person> {
  const participant = await api.participant(name);
  expect(await api.register(participant, competition)).toMatchObject({ status: 'WAITLISTED' });
  return participant;
}

/** Waits for a text that live seats bring; without our code the page is reloaded. */
async function expectSoon(page: Page, words: string): Promise<void> {
  if (!hydrates(page)) await page.reload();
  await expect(page.getByText(words)).toBeVisible();
}

function joinButton(page: Page) {
  return registration(page).getByRole('button', { name: 'Join waiting list' });
}

/** Waits until the newest message of a user has this subject. */
async function expectNewestMail(api: Api, person: Person, subject: string): Promise<void> {
  await expect.poll(async () => (await api.mailOf(person))[0]?.subject).toBe(subject);
}

test('an organizer sets a waiting list, and the page of the competition shows it', async ({ page, api }) => {
  const title = unique('Waiting Open');
  await logInAs(page, await api.organizer());
  await open(page, '/competitions/create');
  await createCompetition(page, {
    ...competitionFields(title, inDays(7), inDays(14)),
    'Waiting list (optional)': '2',
  });

  await expect(page.getByRole('heading', { level: 1 })).toHaveText(title);
  const hint = page.getByText('When all seats are taken, you can join the waiting list.');
  await expect(hint).toBeVisible();

  await page.getByRole('link', { name: 'Edit' }).click();
  await expect(page.getByLabel('Waiting list (optional)')).toHaveValue('2');
  await fillCompetition(page, { 'Waiting list (optional)': '' });
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(toast(page, 'Your changes are saved')).toBeVisible();
  await expect(hint).toHaveCount(0);
});

test('an organizer sets when the waiting list ends, and the page of the competition shows it', async ({
  page,
  api,
}) => {
  const title = unique('Lasting Open');
  const until = 'Waiting list ends (optional)';
  await logInAs(page, await api.organizer());
  await open(page, '/competitions/create');
  await createCompetition(page, {
    ...competitionFields(title, inDays(7), inDays(14)),
    'Waiting list (optional)': '2',
    [until]: dateAndTime(inDays(10)),
  });

  await expect(page.getByRole('heading', { level: 1 })).toHaveText(title);
  const facts = page.getByRole('complementary', { name: 'Registration' });
  await expect(facts.getByText('Waiting list ends', { exact: true })).toBeVisible();

  await page.getByRole('link', { name: 'Edit' }).click();
  await fillCompetition(page, { [until]: '' });
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(toast(page, 'Your changes are saved')).toBeVisible();
  await expect(facts.getByText('Waiting list ends', { exact: true })).toHaveCount(0);
});

test.describe('a wrong end of the list', () => {
  test.use({ expectedStatuses: [400] });

  test('is refused beside the field', async ({ page, api }) => {
    await logInAs(page, await api.organizer());
    await open(page, '/competitions/create');
    await createCompetition(page, {
      ...competitionFields(unique('Endless Open'), inDays(7), inDays(14)),
      'Waiting list ends (optional)': dateAndTime(inDays(6)),
    });

    await expectFaults(page, ['Choose an end of the waiting list that is not before registration closes']);
  });
});

test.describe('a wrong number', () => {
  test.use({ expectedStatuses: [400] });

  test('of people who can wait is refused beside the field', async ({ page, api }) => {
    await logInAs(page, await api.organizer());
    await open(page, '/competitions/create');
    await createCompetition(page, {
      ...competitionFields(unique('Endless Open'), inDays(7), inDays(14)),
      'Waiting list (optional)': '5001',
    });

    await expectFaults(page, [/from 0 to 5000$/]);
    await expect(page.getByLabel('Waiting list (optional)')).toHaveAttribute('aria-invalid', 'true');
  });
});

test('a participant joins the waiting list, leaves it and joins its end', { tag: '@phone' }, async ({ page, api }) => {
  const [{ competition }, participant] = await Promise.all([fullCompetition(api, 2), api.participant()]);
  await logInAs(page, participant);

  await test.step('joins it', async () => {
    await open(page, `/competitions/${competition.id}`);
    await expect(page.getByText('0 of 1 seat left')).toBeVisible();
    await expect(page.getByText('This competition is full')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Register' })).toBeHidden();
    await expect(page.getByText('The waiting list is empty. You would be 1st in line.')).toBeVisible();
    await joinButton(page).click();
    await expect(page.getByText('You\'re 1st in line')).toBeVisible();
    await expect(page.getByText('One person is on the waiting list.')).toBeVisible();
    await expect(errorSummary(page)).toBeHidden();
    await expect(joinButton(page)).toBeHidden();
    if (hydrates(page)) await expect(page.getByRole('status').filter({ hasText: 'You\'re 1st in line' })).toBeFocused();
    expect(await api.registrationsOf(participant)).toMatchObject([{ status: 'WAITLISTED', waitlistPosition: 1 }]);
    await expectNewestMail(api, participant, `On the waiting list: ${competition.title}`);
  });

  await test.step('finds it on the dashboard', async () => {
    await waiting(api, competition);
    await open(page, '/dashboard');
    const next = page.getByRole('region', { name: 'Next', exact: true });
    await expect(next.getByRole('link', { name: competition.title, exact: true })).toBeVisible();
    await expect(next.locator('.badge')).toHaveText('Waiting list');
    await expect(next.getByText('You\'re 1st in line')).toBeVisible();
  });

  await test.step('leaves it', async () => {
    await page.getByRole('link', { name: `Leave waiting list for ${competition.title}` }).click();
    const heading = page.getByRole('heading', { level: 1 });
    await expect(heading).toHaveText(`Leave the waiting list for ${competition.title}?`);
    await expect(page.getByText('You lose your position in line.')).toBeVisible();
    await hydrated(page);
    await page.getByRole('button', { name: 'Leave waiting list' }).click();
    await expect(page).toHaveURL('/dashboard?view=registrations');
    await expect(toast(page, 'You have left the waiting list')).toBeVisible();
    await expect(page.getByRole('region', { name: 'Cancelled' })).toContainText(competition.title);
  });

  await test.step('joins its end', async () => {
    await open(page, `/competitions/${competition.id}`);
    await joinButton(page).click();
    await expect(page.getByText('You\'re 2nd in line')).toBeVisible();
  });
});

test('a seat that becomes free goes to the first in line', { tag: '@phone' }, async ({ page, api }) => {
  const { holder, competition } = await fullCompetition(api, 2);
  const ahead = await waiting(api, competition);
  const participant = await waiting(api, competition);
  await logInAs(page, participant);
  await open(page, `/competitions/${competition.id}`);
  await expect(page.getByText('You\'re 2nd in line')).toBeVisible();

  await api.cancelRegistration(ahead, competition);
  await expectSoon(page, 'You\'re 1st in line');

  await api.cancelRegistration(holder, competition);
  await expectSoon(page, 'You are registered');
  await expect(page.getByText('0 of 1 seat left')).toBeVisible();
  await expect(page.getByText('The waiting list is empty.')).toBeVisible();

  await expectNewestMail(api, participant, `Registration Confirmed: ${competition.title}`);
  const [mail] = await api.mailOf(participant);
  await open(page, `/mailbox?mail=${mail?.id}`);
  await expect(page.getByText('A seat became free, and you were first on the waiting list.')).toBeVisible();
});

test('a competition whose waiting list is full shows that it is full', async ({ page, api }) => {
  const { competition } = await fullCompetition(api, 1);
  const first = await waiting(api, competition);
  await logInAs(page, await api.participant());

  await open(page, `/competitions/${competition.id}`);
  await expect(page.getByText('This competition is full')).toBeVisible();
  await expect(page.getByText('All seats are taken.')).toBeVisible();
  await expect(page.getByText('One person is on the waiting list.')).toBeVisible();
  await expect(joinButton(page)).toBeHidden();

  await api.cancelRegistration(first, competition);
  await expectSoon(page, 'A seat that becomes free goes to the first in line.');
  await expect(joinButton(page)).toBeVisible();
});

test('an organizer who adds seats gives them to the waiting list', async ({ page, api }) => {
  const { organizer, competition } = await fullCompetition(api, 5);
  const first = await waiting(api, competition);
  const second = await waiting(api, competition);
  const third = await waiting(api, competition);
  await logInAs(page, organizer);
  await open(page, `/competitions/${competition.id}/edit`);
  await fillCompetition(page, { Capacity: '3' });
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(toast(page, 'Your changes are saved')).toBeVisible();

  await expect(page.getByText('0 of 3 seats left')).toBeVisible();
  await expect(page.getByText('One person is on the waiting list.')).toBeVisible();
  for (const promoted of [first, second]) {
    await expectNewestMail(api, promoted, `Registration Confirmed: ${competition.title}`);
  }
  expect(await api.registrationsOf(third)).toMatchObject([{ status: 'WAITLISTED', waitlistPosition: 1 }]);
});

test('an organizer finds the waiting list among the participants', async ({ page, api }) => {
  const { organizer, competition } = await fullCompetition(api, 5);
  await waiting(api, competition, 'Wanda Waits');
  await waiting(api, competition, 'Will Waits');
  await logInAs(page, organizer);
  await open(page, `/competitions/${competition.id}/manage`);
  const total = page.locator('dl.totals > div').filter({ hasText: 'Waiting list' });
  await expect(total.getByRole('definition')).toHaveText('2');
  await expect(page.getByRole('definition').first()).toHaveText('1 of 1');

  await hydrated(page);
  await page.getByRole('link', { name: 'Participants', exact: true }).click();
  await page.getByLabel('Status').selectOption('Waiting list');
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(page).toHaveURL(/status=WAITLISTED/);
  await expect(page.getByRole('rowheader').locator('bdi')).toHaveText(['Wanda Waits', 'Will Waits']);
  await expect(page.getByRole('table').locator('.badge')).toHaveText(['Waiting list', 'Waiting list']);
  await expect(page.getByRole('main').getByRole('status')).toHaveText('2 registrations');
});

test('an organizer sees the waiting list in its order, and gives a seat from it', async ({ page, api }) => {
  const { organizer, competition } = await fullCompetition(api, 5);
  const first = await waiting(api, competition, 'Zoe First');
  await waiting(api, competition, 'Ada Second');
  await api.cancelRegistration(first, competition);
  await api.register(first, competition);
  await logInAs(page, organizer);
  await open(page, `/competitions/${competition.id}/manage`);
  await page.getByRole('link', { name: 'Waiting list (2)' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Waiting list');
  const people = page.getByRole('rowheader').locator('bdi');
  await expect(people).toHaveText(['Ada Second', 'Zoe First']);
  await expect(page.getByRole('row', { name: 'Zoe First' }).getByRole('cell').first()).toHaveText('2');
  await expect(page.getByLabel('Status')).toHaveCount(0);

  await hydrated(page);
  await page.getByLabel('Name or email').fill('zoe');
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(people).toHaveText(['Zoe First']);
  await expect(page.getByRole('row', { name: 'Zoe First' }).getByRole('cell').first()).toHaveText('2');

  await hydrated(page);
  await page.getByRole('checkbox', { name: 'Zoe First' }).check();
  await page.getByText('Give seats to chosen').click();
  await page.getByLabel('Add a seat for each if none is free').check();
  await page.getByRole('button', { name: 'Give seats', exact: true }).click();
  await expect(toast(page, '1 registration is given a seat.')).toBeVisible();
  await expect(page.getByText('Nobody on the waiting list matches your search')).toBeVisible();
  await page.getByRole('link', { name: 'Show the whole waiting list' }).click();
  await expect(people).toHaveText(['Ada Second']);
});

test('a waiting list without people says what it is for, or how to have one', async ({ page, api }) => {
  const owner = await api.organizer();
  const [without, empty] = [await api.competition({ owner }), await api.competition({ owner, waitlist: 5 })];
  await logInAs(page, owner);
  await open(page, `/competitions/${empty.id}/manage/waiting-list`);
  await expect(page.getByText('Nobody is waiting')).toBeVisible();

  await open(page, `/competitions/${without.id}/manage/waiting-list`);
  await expect(page.getByText('This competition has no waiting list')).toBeVisible();
  await page.getByRole('link', { name: 'Add a waiting list' }).click();
  await expect(page).toHaveURL(`/competitions/${without.id}/edit`);
});

test.describe('the pages of a waiting list are accessible', { tag: '@js' }, () => {
  test('to a participant', async ({ page, api }) => {
    const [{ competition }, participant] = await Promise.all([fullCompetition(api, 2), api.participant()]);
    await logInAs(page, participant);
    const path = `/competitions/${competition.id}`;
    await open(page, path);
    await expect(joinButton(page)).toBeVisible();
    await expectAccessible(page);

    await api.register(participant, competition);
    for (const waitingPath of [path, `${path}/cancel-registration`, '/dashboard']) {
      await open(page, waitingPath);
      await expect(page.getByRole('main')).toContainText(/in line/);
      await expectAccessible(page);
    }
  });

  test('to an organizer', async ({ page, api }) => {
    const { organizer, competition } = await fullCompetition(api, 1);
    await waiting(api, competition);
    await logInAs(page, organizer);
    await open(page, `/competitions/${competition.id}/manage/waiting-list`);
    await expect(page.getByRole('columnheader', { name: 'Position' })).toBeVisible();
    await expectAccessible(page);
  });
});
