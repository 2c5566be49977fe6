import { newEmail } from '../support/api.ts';
import { expect, hydrated, open, reloadUntilVisible, test } from '../support/fixtures.ts';
import { competitionFields, createCompetition, fillCompetition } from '../support/forms.ts';
import { registration } from '../support/panel.ts';
import { logInAs, logOut, signUp } from '../support/session.ts';
import { inDays } from '../support/time.ts';
import { unique } from '../support/unique.ts';

test('from an organizer’s sign-up to the confirmation in a participant’s mailbox', { tag: '@core' }, async ({ page }) => {
  const title = unique('Lantern Open');
  const header = page.getByRole('banner');

  await test.step('an organizer signs up', async () => {
    await open(page, '/');
    await page.getByRole('link', { name: 'Sign up as an organizer' }).click();
    await expect(page.getByRole('radio', { name: 'Organize' })).toBeChecked();
    await signUp(page, { role: 'Organize', name: 'Olga Organizer', email: newEmail() });
    await expect(page.getByRole('heading', { name: 'Dashboard' })).toBeVisible();
    await expect(page.getByText('No competitions yet')).toBeVisible();
  });

  await test.step('creates a competition and logs out', async () => {
    await hydrated(page);
    await header.getByRole('link', { name: 'New competition' }).click();
    await createCompetition(page, competitionFields(title, inDays(7), inDays(14)));
    await expect(page.getByRole('heading', { name: title })).toBeVisible();
    await expect(page.getByText('2 of 2 seats left')).toBeVisible();
    await expect(page.getByText('You\'re the organizer')).toBeVisible();
    await logOut(page);
  });

  await test.step('a visitor finds the competition by search and has to log in first', async () => {
    await open(page, '/');
    await page.getByLabel('Search competitions').fill(title);
    await page.getByRole('button', { name: 'Search' }).click();
    await expect(page.getByRole('main').getByRole('status')).toHaveText('1 competition found');
    await hydrated(page);
    await page.getByRole('link', { name: title }).click();
    await expect(registration(page).getByRole('link', { name: 'Log in to register' })).toBeVisible();
  });

  await test.step('signs up, comes back to the competition and registers', async () => {
    await hydrated(page);
    await page.getByRole('main').getByRole('link', { name: 'Sign up to register' }).click();
    await signUp(page, { role: 'Compete', name: 'Pia Participant', email: newEmail() });
    await expect(page.getByRole('heading', { name: title })).toBeVisible();
    await hydrated(page);
    await registration(page).getByRole('button', { name: 'Register' }).click();
    await expect(page.getByText('You are registered')).toBeVisible();
    await expect(page.getByText('1 of 2 seats left')).toBeVisible();
  });

  await test.step('sees the registration on the dashboard and its status turn to confirmed', async () => {
    await hydrated(page);
    await header.getByRole('link', { name: 'Dashboard' }).click();
    await expect(page.getByRole('region', { name: 'Next', exact: true })).toContainText(title);
    await reloadUntilVisible(page, page.getByText('Confirmed', { exact: true }));
  });

  await test.step('reads the confirmation in the mailbox, which is then no longer unread', async () => {
    await hydrated(page);
    await expect(header.getByRole('link', { name: 'Mailbox' })).toHaveText(/1 unread/);
    await header.getByRole('link', { name: 'Mailbox' }).click();
    await expect(page.getByText('1 message, 1 unread')).toBeVisible();
    await hydrated(page);
    await page.getByRole('link', { name: `Registration Confirmed: ${title}` }).click();
    const message = page.getByRole('article', { name: `Registration Confirmed: ${title}` });
    await expect(message).toContainText(title);
    await expect(page.getByText('1 message, 0 unread')).toBeVisible();
    await expect(header.getByRole('link', { name: 'Mailbox' })).toHaveText('Mailbox');
  });

  await test.step('logs out', async () => {
    await logOut(page);
  });
});

test('from a draft to the end of the competition', { tag: '@phone' }, async ({ page, api }) => {
  test.slow();
  const title = unique('Whole Life');
  const [organizer, participant] = await Promise.all([api.organizer(), api.participant()]);
  const link = 'https://meet.example.com/life';
  let address = '';
  const dashboard = async (region: string) => {
    await open(page, '/dashboard');
    await expect(page.getByRole('region', { name: region, exact: true })).toContainText(title);
  };

  await test.step('the organizer saves a draft and publishes it', async () => {
    await logInAs(page, organizer);
    await open(page, '/competitions/create');
    const fields = competitionFields(title, inDays(7), inDays(14));
    await fillCompetition(page, { ...fields, 'Online link (optional)': link });
    await page.getByRole('button', { name: 'Save as draft' }).click();
    await expect(page.getByText('Only you can see this draft.')).toBeVisible();
    address = new URL(page.url()).pathname;
    await hydrated(page);
    await page.getByRole('link', { name: 'Publish' }).click();
    await hydrated(page);
    await page.getByRole('button', { name: 'Publish', exact: true }).click();
    await expect(page.getByText('Published. Everyone can find this competition.')).toBeVisible();
  });

  await test.step('a participant registers', async () => {
    await logInAs(page, participant);
    await open(page, address);
    await registration(page).getByRole('button', { name: 'Register' }).click();
    await expect(page.getByText('You are registered')).toBeVisible();
    await dashboard('Next');
  });

  await test.step('it is under way from its start, with the link to take part', async () => {
    const inSeconds = (seconds: number) => inDays(seconds / (24 * 60 * 60)).toISOString();
    const start = inSeconds(3);
    await api.edit(organizer, { id: address.replace('/competitions/', '') }, {
      regDeadline: start,
      startDate: start,
      endsAt: inSeconds(30),
      deadlineMayEqualStart: true,
    });
    await open(page, address);
    await reloadUntilVisible(page, page.getByText('This competition is under way'));
    await dashboard('Under way');
    await expect(page.getByRole('link', { name: link })).toBeVisible();
    await expect(page.getByRole('link', { name: `Cancel registration for ${title}` })).toHaveCount(0);
  });

  await test.step('and over at its end', async () => {
    await open(page, address);
    await reloadUntilVisible(page, page.getByText('This competition is over'), 40_000);
    await dashboard('Past');
    await expect(page.getByRole('link', { name: link })).toHaveCount(0);
  });
});
