import { PASSWORD } from '../support/api.ts';
import { expect, open, test } from '../support/fixtures.ts';
import { errorSummary } from '../support/forms.ts';
import { hold } from '../support/held.ts';
import { registration } from '../support/panel.ts';
import { logIn, postForm, logInAs } from '../support/session.ts';

test('a double click registers once', async ({ page, api }) => {
  const [participant, competition] = await Promise.all([
    api.participant(),
    api.competition({ seats: 5 }),
  ]);
  await logInAs(page, participant);
  await open(page, `/competitions/${competition.id}`);

  await page.getByRole('button', { name: 'Register' }).dblclick();

  await expect(page.getByText('You are registered')).toBeVisible();
  await expect(errorSummary(page)).toBeHidden();
  expect(await api.registrationsOf(participant)).toHaveLength(1);
  expect(await api.find(competition)).toMatchObject({ seatsLeft: 4 });
  await expect.poll(() => api.mailOf(participant)).toHaveLength(1);
});

test('the panel is in view after registering', { tag: '@phone' }, async ({ page, api }) => {
  const description = 'A line of the description.\n\n'.repeat(40);
  const [participant, competition] = await Promise.all([api.participant(), api.competition({ description })]);
  await logInAs(page, participant);
  await open(page, `/competitions/${competition.id}`);

  await registration(page).getByRole('button', { name: 'Register' }).click();

  await expect(page.getByText('You are registered')).toBeInViewport();
});

test('the same form sent again registers once and succeeds', { tag: '@no-js' }, async ({ page, api }) => {
  const [participant, competition] = await Promise.all([
    api.participant(),
    api.competition({ seats: 5 }),
  ]);
  await logInAs(page, participant);
  await open(page, `/competitions/${competition.id}`);
  const form = {
    competition: competition.id,
    idempotency_key: await page.locator('input[name=idempotency_key]').inputValue(),
  };

  for (let sent = 0; sent < 3; sent++) await postForm(page, '/fn/register', form);

  await open(page, `/competitions/${competition.id}`);
  await expect(page.getByText('You are registered')).toBeVisible();
  await expect(errorSummary(page)).toBeHidden();
  expect(await api.registrationsOf(participant)).toHaveLength(1);
  expect(await api.find(competition)).toMatchObject({ seatsLeft: 4 });
});

test('a visitor logs in and returns to the competition', async ({ page, api }) => {
  const [participant, competition] = await Promise.all([api.participant(), api.competition()]);
  await open(page, `/competitions/${competition.id}`);

  await page.getByRole('link', { name: 'Log in to register' }).click();
  await logIn(page, participant.email, PASSWORD);

  await expect(page).toHaveURL(`/competitions/${competition.id}`);
  await expect(page.getByRole('button', { name: 'Register' })).toBeVisible();
});

test('an organizer reads how to take part with the account', async ({ page, api }) => {
  const [organizer, competition] = await Promise.all([api.organizer(), api.competition()]);
  await logInAs(page, organizer);

  await open(page, `/competitions/${competition.id}`);

  await expect(page.getByRole('link', { name: 'Add the participant role' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Register' })).toBeHidden();
});

test('a registered participant sees no registration form', async ({ page, api }) => {
  const [participant, competition] = await Promise.all([api.participant(), api.competition()]);
  await api.register(participant, competition);
  await logInAs(page, participant);

  await open(page, `/competitions/${competition.id}`);

  await expect(page.getByText('You are registered')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Register' })).toBeHidden();
});

test('a full competition shows that it is full', async ({ page, api }) => {
  const [early, late] = await Promise.all([api.participant(), api.participant()]);
  const competition = await api.competition({ seats: 1 });
  await api.register(early, competition);
  await logInAs(page, late);

  await open(page, `/competitions/${competition.id}`);

  await expect(page.getByText('0 of 1 seat left')).toBeVisible();
  await expect(page.getByText('This competition is full')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Register' })).toBeHidden();
});

test('a refresh that began before the registration does not undo it', { tag: '@js' }, async ({ page, api }) => {
  const [participant, competition] = await Promise.all([api.participant(), api.competition({ seats: 2 })]);
  const { sequence } = await api.seats(competition);
  await logInAs(page, participant);
  // That no seat is left makes the page ask how things are now.
  const full = { competitionId: competition.id, capacity: 2, seatsLeft: 0, cancelled: false, sequence: sequence + 1 };
  const body = `event: seats\ndata: ${JSON.stringify(full)}\n\n`;
  await page.route('**/events', (route) => route.fulfill({ contentType: 'text/event-stream', body }), { times: 1 });
  const refresh = await hold(page, '**/fn/competition');
  await open(page, `/competitions/${competition.id}`);
  await refresh.answered;

  await page.getByRole('button', { name: 'Register' }).click();
  await expect(page.getByText('You are registered')).toBeVisible();
  await refresh.release();

  // At this moment: a later refresh would mend what this one has broken.
  expect(await page.getByText('You are registered').isVisible()).toBe(true);
  expect(await page.getByRole('button', { name: 'Register' }).isVisible()).toBe(false);
});

test.describe('refused', () => {
  test.use({ expectedStatuses: [400] });

  test('a registration after the last seat is taken is refused with the reason', async ({ page, api }) => {
    const [early, late] = await Promise.all([api.participant(), api.participant()]);
    const competition = await api.competition({ seats: 1 });
    await logInAs(page, late);
    // Without live updates, which would show the full competition before the click. A 204 ends the stream for good.
    await page.route('**/events', (route) => route.fulfill({ status: 204 }));
    await open(page, `/competitions/${competition.id}`);
    await api.register(early, competition);

    await page.getByRole('button', { name: 'Register' }).click();

    await expect(errorSummary(page)).toContainText('The last seat has just been taken');
    await expect(page.getByText('This competition is full')).toBeVisible();
    expect(await api.registrationsOf(late)).toHaveLength(0);
  });
});
