import { expect, hydrated, open, reloadUntilVisible, test } from '../support/fixtures.ts';
import { expectFaultAt, expectFaults } from '../support/forms.ts';
import { logOut, postForm, logInAs } from '../support/session.ts';
import { toast } from '../support/toasts.ts';
import { unique } from '../support/unique.ts';

test('a participant cancels a registration on the page of the competition', async ({ page, api }) => {
  const [participant, other] = await Promise.all([api.participant(), api.participant()]);
  const competition = await api.competition({ seats: 1 });
  await api.register(participant, competition);
  await logInAs(page, participant);
  await open(page, `/competitions/${competition.id}`);

  await page.getByRole('link', { name: 'Cancel registration' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`Cancel your registration for ${competition.title}?`);
  await hydrated(page);
  await page.getByRole('button', { name: 'Cancel registration' }).click();

  await expect(page).toHaveURL('/dashboard?view=registrations');
  await expect(toast(page, 'Your registration is cancelled')).toBeVisible();
  const cancelled = page.getByRole('region', { name: 'Cancelled' });
  await expect(cancelled).toContainText(competition.title);
  await expect(cancelled.getByText('Cancelled', { exact: true }).and(page.locator('.badge'))).toBeVisible();
  await api.register(other, competition);
});

test('a participant keeps or cancels a registration on the dashboard', async ({ page, api }) => {
  const participant = await api.participant();
  const [first, second] = [unique('First'), unique('Second')];
  await api.register(participant, await api.competition({ title: first, start: 10 }));
  await api.register(participant, await api.competition({ title: second, start: 20 }));
  await logInAs(page, participant);
  await open(page, '/dashboard');

  await page.getByRole('link', { name: `Cancel registration for ${first}` }).click();
  await page.getByRole('link', { name: 'Keep registration' }).click();
  await expect(page.getByText('You are registered')).toBeVisible();

  await open(page, '/dashboard');
  await page.getByRole('link', { name: `Cancel registration for ${second}` }).click();
  await hydrated(page);
  await page.getByRole('button', { name: 'Cancel registration' }).click();

  await expect(page).toHaveURL('/dashboard?view=registrations');
  await expect(page.getByRole('region', { name: 'Next', exact: true })).toContainText(first);
  await expect(page.getByRole('region', { name: 'Cancelled' })).toContainText(second);
});

test('a form that is sent twice cancels one registration', { tag: '@no-js' }, async ({ page, api }) => {
  const participant = await api.participant();
  const competition = await api.competition({ seats: 5 });
  await api.register(participant, competition);
  await logInAs(page, participant);
  await open(page, `/competitions/${competition.id}/cancel-registration`);
  const form = {
    competition: competition.id,
    idempotency_key: await page.locator('input[name=idempotency_key]').inputValue(),
  };

  await postForm(page, '/fn/cancel_registration', form);
  await api.register(participant, competition);
  await postForm(page, '/fn/cancel_registration', form);

  expect(await api.find(competition)).toMatchObject({ seatsLeft: 4 });
});

test('a participant without a registration is offered nothing to cancel', async ({ page, api }) => {
  const [participant, competition] = await Promise.all([api.participant(), api.competition()]);
  await logInAs(page, participant);

  await open(page, `/competitions/${competition.id}/cancel-registration`);

  await expect(page.getByText('You\'re not registered for this competition')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Cancel registration' })).toBeHidden();
});

test('an organizer deletes a draft', async ({ page, api }) => {
  const organizer = await api.organizer();
  const draft = await api.competition({ owner: organizer, visibility: 'DRAFT' });
  await logInAs(page, organizer);
  await open(page, `/competitions/${draft.id}/manage/settings`);

  await page.getByRole('link', { name: 'Delete draft' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`Delete ${draft.title}`);
  await hydrated(page);
  await page.getByRole('button', { name: 'Delete draft' }).click();

  await expect(page).toHaveURL('/dashboard?view=competitions');
  await expect(toast(page, 'The draft is deleted')).toBeVisible();
  await expect(page.getByText(draft.title)).toHaveCount(0);
  await open(page, `/competitions/${draft.id}`);
  await expect(page.getByText('You have deleted this draft.')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Edit' })).toHaveCount(0);
});

test.describe('the organizer', () => {
  test.use({ expectedStatuses: [400] });

  test('cancels a competition by typing its title, and the participants are notified', async ({ page, api }) => {
    const [organizer, participant] = await Promise.all([api.organizer(), api.participant()]);
    const competition = await api.competition({ owner: organizer, start: 20 });
    await api.register(participant, competition);
    await logInAs(page, organizer);
    await open(page, `/competitions/${competition.id}`);

    await test.step('types the title', async () => {
      await page.getByRole('link', { name: 'Manage' }).click();
      await page.getByRole('link', { name: 'Settings' }).click();
      await page.getByRole('link', { name: 'Cancel competition' }).click();
      await expect(page.getByText('The one registered participant will be notified.')).toBeVisible();
      await hydrated(page);
      const field = page.getByLabel('Type the title to confirm');
      await field.fill('Another one');
      await page.getByRole('button', { name: 'Cancel competition' }).click();
      await expectFaults(page, ['Type the title of the competition to confirm']);
      await expect(field).toHaveValue('Another one');
      await expectFaultAt(page, field, 'Type the title of the competition to confirm');
    });

    await test.step('cancels it', async () => {
      await page.getByLabel('Type the title to confirm').fill(competition.title);
      await page.getByRole('button', { name: 'Cancel competition' }).click();
      await expect(page).toHaveURL(`/competitions/${competition.id}/manage`);
      await expect(toast(page, 'The competition is cancelled')).toBeVisible();
      await expect(page.getByText('This competition was cancelled on')).toBeVisible();
      await page.getByRole('link', { name: 'Settings' }).click();
      await expect(page.getByRole('heading', { level: 1 })).toHaveText('Settings');
      await expect(page.getByRole('link', { name: 'Cancel competition' })).toBeHidden();
    });

    await test.step('the participant sees the cancellation and has a message', async () => {
      await logOut(page);
      await logInAs(page, participant);
      await open(page, '/dashboard');
      await expect(page.getByRole('region', { name: 'Cancelled' })).toContainText('Cancelled by the organizer');
      await open(page, `/competitions/${competition.id}`);
      await expect(page.getByText('This competition was cancelled')).toBeVisible();
      await open(page, '/mailbox');
      const message = page.getByRole('link', { name: `Competition cancelled: ${competition.title}` });
      await reloadUntilVisible(page, message);
    });

    await test.step('the search no longer finds it', async () => {
      await open(page, `/competitions?search=${encodeURIComponent(competition.title)}`);
      await expect(page.getByRole('main').getByRole('status')).toHaveText('No competitions found');
    });
  });
});
