import { expect, hydrated, open, reloadUntilVisible, test } from '../support/fixtures.ts';
import { expectFaultAt, expectFaults } from '../support/forms.ts';
import { logOut, postForm, signIn } from '../support/session.ts';
import { toast } from '../support/toasts.ts';
import { unique } from '../support/unique.ts';

test('a participant gives a place back from the page of the competition', async ({ page, api }) => {
  const [participant, other] = await Promise.all([api.participant(), api.participant()]);
  const competition = await api.competition({ seats: 1 });
  await api.register(participant, competition);
  await signIn(page, participant);
  await open(page, `/competitions/${competition.id}`);

  await page.getByRole('link', { name: 'Give my place back' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`Give your place in ${competition.title} back?`);
  await hydrated(page);
  await page.getByRole('button', { name: 'Give my place back' }).click();

  await expect(page).toHaveURL('/dashboard');
  await expect(toast(page, 'Your place is given back')).toBeVisible();
  const cancelled = page.getByRole('region', { name: 'Cancelled' });
  await expect(cancelled).toContainText(competition.title);
  await expect(cancelled).toContainText('Given back');
  await api.register(other, competition);
});

test('a participant gives a place back from the dashboard, and can think better of it', async ({ page, api }) => {
  const participant = await api.participant();
  const [first, second] = [unique('First'), unique('Second')];
  await api.register(participant, await api.competition({ title: first, start: 10 }));
  await api.register(participant, await api.competition({ title: second, start: 20 }));
  await signIn(page, participant);
  await open(page, '/dashboard');

  await page.getByRole('link', { name: `Give my place back in ${first}` }).click();
  await page.getByRole('link', { name: 'Keep my place' }).click();
  await expect(page.getByText('You are registered')).toBeVisible();

  await open(page, '/dashboard');
  await page.getByRole('link', { name: `Give my place back in ${second}` }).click();
  await hydrated(page);
  await page.getByRole('button', { name: 'Give my place back' }).click();

  await expect(page).toHaveURL('/dashboard');
  await expect(page.getByRole('region', { name: 'Next up' })).toContainText(first);
  await expect(page.getByRole('region', { name: 'Cancelled' })).toContainText(second);
});

test('a place is given back once, however often the form is sent', { tag: '@no-js' }, async ({ page, api }) => {
  const participant = await api.participant();
  const competition = await api.competition({ seats: 5 });
  await api.register(participant, competition);
  await signIn(page, participant);
  await open(page, `/competitions/${competition.id}/leave`);
  const form = {
    competition: competition.id,
    idempotency_key: await page.locator('input[name=idempotency_key]').inputValue(),
  };

  await postForm(page, '/fn/give_back', form);
  await api.register(participant, competition);
  await postForm(page, '/fn/give_back', form);

  expect(await api.find(competition)).toMatchObject({ seatsLeft: 4 });
});

test('who holds no place has none to give back', async ({ page, api }) => {
  const [participant, competition] = await Promise.all([api.participant(), api.competition()]);
  await signIn(page, participant);

  await open(page, `/competitions/${competition.id}/leave`);

  await expect(page.getByText('You hold no place in it')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Give my place back' })).toBeHidden();
});

test.describe('the organizer', () => {
  test.use({ expectedStatuses: [400] });

  test('cancels a competition by its title, and everyone who holds a place is told', async ({ page, api }) => {
    const [organizer, participant] = await Promise.all([api.organizer(), api.participant()]);
    const competition = await api.competition({ owner: organizer, start: 20 });
    await api.register(participant, competition);
    await signIn(page, organizer);
    await open(page, `/competitions/${competition.id}`);

    await test.step('asks for the title', async () => {
      await page.getByRole('link', { name: 'Manage' }).click();
      await page.getByRole('link', { name: 'Cancel this competition' }).click();
      await expect(page.getByText('The one participant who holds a place is told by mail.')).toBeVisible();
      await hydrated(page);
      const field = page.getByLabel('Type the title to confirm');
      await field.fill('Another one');
      await page.getByRole('button', { name: 'Cancel the competition' }).click();
      await expectFaults(page, ['Type the title of the competition to confirm']);
      await expect(field).toHaveValue('Another one');
      await expectFaultAt(page, field, 'Type the title of the competition to confirm');
    });

    await test.step('cancels it', async () => {
      await page.getByLabel('Type the title to confirm').fill(competition.title);
      await page.getByRole('button', { name: 'Cancel the competition' }).click();
      await expect(page).toHaveURL(`/competitions/${competition.id}/manage`);
      await expect(toast(page, 'The competition is cancelled')).toBeVisible();
      await expect(page.getByText('This competition was cancelled on')).toBeVisible();
      await expect(page.getByRole('link', { name: 'Cancel this competition' })).toBeHidden();
    });

    await test.step('the participant sees it, and has a message', async () => {
      await logOut(page);
      await signIn(page, participant);
      await open(page, '/dashboard');
      await expect(page.getByRole('region', { name: 'Cancelled' })).toContainText('Cancelled by the organizer');
      await open(page, `/competitions/${competition.id}`);
      await expect(page.getByText('This competition was cancelled')).toBeVisible();
      await open(page, '/mailbox');
      const message = page.getByRole('link', { name: `Competition cancelled: ${competition.title}` });
      await reloadUntilVisible(page, message);
    });

    await test.step('nobody finds it any more', async () => {
      await open(page, `/competitions?search=${encodeURIComponent(competition.title)}`);
      await expect(page.getByRole('main').getByRole('status')).toHaveText('No competitions found');
    });
  });
});
