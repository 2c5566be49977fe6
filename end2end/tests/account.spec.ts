import type { Page } from '@playwright/test';
import { PASSWORD, newEmail } from '../support/api.ts';
import { resetLink } from '../support/command.ts';
import { expect, hydrated, hydrates, open, test } from '../support/fixtures.ts';
import { errorSummary, expectFaultAt, expectFaults } from '../support/forms.ts';
import { logIn, logInAs } from '../support/session.ts';
import { toast } from '../support/toasts.ts';

const NEW = 'battery staple horse';

test.use({ expectedStatuses: [400, 401, 403, 409] });

function form(page: Page, title: string) {
  return page.getByRole('region', { name: title });
}

test('requesting a link shows the same text with and without an account', async ({ page, api }) => {
  const { email } = await api.participant();
  const said: string[] = [];
  for (const address of [email, newEmail()]) {
    await open(page, '/auth/login');
    await page.getByRole('link', { name: 'Forgot your password?' }).click();
    await expect(page.getByRole('heading', { name: 'Forgot your password?' })).toBeVisible();
    await hydrated(page);
    await page.getByLabel('Email').fill(address);
    await page.getByRole('button', { name: 'Send link' }).click();
    await expect(page).toHaveURL('/auth/forgot?sent=1');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(/Ask for a link|Check your email/);
    said.push(await page.getByRole('main').innerText());
  }
  expect(said[0]).toBe(said[1]);
});

test('an invalid email is refused and stays in the field', async ({ page }) => {
  await open(page, '/auth/forgot');
  await page.getByLabel('Email').fill('no-address');
  await page.getByRole('button', { name: 'Send link' }).click();
  await expectFaults(page, ['Enter an email like name@example.com']);
  await expect(page.getByLabel('Email')).toHaveValue('no-address');
});

test('a link sets a new password once, and its token leaves the address', async ({ page, api }) => {
  const { email } = await api.participant();
  const link = resetLink(email);
  await open(page, link);
  await expect(page).toHaveURL('/auth/reset');
  await expect(page.getByText(email)).toBeVisible();

  await page.getByLabel('New password', { exact: true }).fill('short');
  await page.getByRole('button', { name: 'Set password' }).click();
  await expectFaults(page, ['Enter a password with at least 8 characters']);
  await hydrated(page);
  await page.getByLabel('New password', { exact: true }).fill(NEW);
  await page.getByRole('button', { name: 'Set password' }).click();
  await expect(page.getByRole('heading', { name: 'Your password is set' })).toBeVisible();

  await page.getByRole('main').getByRole('link', { name: 'Log in' }).click();
  await expect(page.getByRole('heading', { name: 'Log in' })).toBeVisible();
  await logIn(page, email, NEW);
  await expect(page).toHaveURL('/dashboard');
  await open(page, link);
  await expect(page.getByRole('heading', { name: 'This link has expired' })).toBeVisible();
});

test('a new password ends all other sessions', async ({ page, browser, api }) => {
  const participant = await api.participant();
  await logInAs(page, participant);
  const other = await browser.newPage({ baseURL: test.info().project.use.baseURL });
  await logInAs(other, participant);
  await open(page, '/account');

  const password = form(page, 'Password');
  await password.getByLabel('Current password', { exact: true }).fill('not the password');
  await password.getByLabel('New password', { exact: true }).fill(NEW);
  await password.getByRole('button', { name: 'Change password' }).click();
  await expectFaults(page, ['Wrong password']);
  await expectFaultAt(page, page.getByLabel('Current password', { exact: true }), 'Wrong password');
  await password.getByLabel('Current password', { exact: true }).fill(PASSWORD);
  await password.getByLabel('New password', { exact: true }).fill(NEW);
  await password.getByRole('button', { name: 'Change password' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Your password was changed.' })).toBeVisible();
  await expect(password.getByLabel('New password', { exact: true })).toHaveValue('');

  await open(page, '/mailbox');
  await expect(page).toHaveURL('/mailbox');
  await other.goto('/mailbox');
  await expect(other).toHaveURL(/\/auth\/login/);
  await other.close();
});

test('the kinds of messages that are mailed are kept', async ({ page, api }) => {
  await logInAs(page, await api.participant());
  await open(page, '/account');
  const messages = form(page, 'Messages by mail');
  const reminders = messages.getByRole('checkbox', { name: 'Reminders' });
  await expect(reminders).toBeChecked();
  await reminders.uncheck();
  await messages.getByRole('button', { name: 'Save choice' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Your choice was saved.' })).toBeVisible();
  await open(page, '/account');
  await expect(reminders).not.toBeChecked();
  await expect(messages.getByRole('checkbox', { name: 'Changes' })).toBeChecked();
});

test('name and time zone are saved, and the header shows the name', async ({ page, api }) => {
  await logInAs(page, await api.participant());
  await open(page, '/account');
  const profile = form(page, 'Profile');
  await profile.getByLabel('Name', { exact: true }).fill('Grace Hopper');
  await profile.getByLabel('Time zone (optional)').fill('Mars/Olympus');
  await profile.getByRole('button', { name: 'Save profile' }).click();
  await expectFaults(page, ['Choose a time zone from the list']);
  await expect(profile.getByLabel('Name', { exact: true })).toHaveValue('Grace Hopper');
  await hydrated(page);
  await profile.getByLabel('Time zone (optional)').fill('berlin');
  await profile.getByRole('button', { name: 'Save profile' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Your profile was saved.' })).toBeVisible();
  await expect(page.getByRole('banner').getByText('Grace Hopper')).toBeVisible();
  await open(page, '/account');
  await expect(profile.getByLabel('Time zone (optional)')).toHaveValue('Europe/Berlin');
});

test('deleting an account takes its password and a typed word, and frees its seat', async ({ page, api }) => {
  const participant = await api.participant();
  const competition = await api.competition({ seats: 1, start: 14 });
  await api.register(participant, competition);
  await logInAs(page, participant);
  await open(page, '/account');
  const deletion = form(page, 'Delete account');
  await deletion.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await deletion.getByRole('button', { name: 'Delete my account' }).click();
  await expectFaults(page, ['Type the word delete to confirm']);
  await hydrated(page);
  await deletion.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await deletion.getByLabel('Type the word delete').fill('Delete');
  await deletion.getByRole('button', { name: 'Delete my account' }).click();
  await expect(page).toHaveURL('/');
  await expect(toast(page, 'Your account is deleted')).toBeVisible();
  await expect(page.getByRole('banner').getByRole('link', { name: 'Log in' })).toBeVisible();
  expect((await api.find(competition)).seatsLeft).toBe(1);
  await open(page, '/auth/login');
  await logIn(page, participant.email, PASSWORD);
  await expect(errorSummary(page)).toContainText('Wrong email or password');
});

test('an organizer with registered participants reads what to do before deleting the account', async ({ page, api }) => {
  const organizer = await api.organizer();
  await api.register(await api.participant(), await api.competition({ owner: organizer, start: 14 }));
  await logInAs(page, organizer);
  await open(page, '/account');
  const deletion = form(page, 'Delete account');
  await deletion.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await deletion.getByLabel('Type the word delete').fill('delete');
  await deletion.getByRole('button', { name: 'Delete my account' }).click();
  await expect(errorSummary(page)).toContainText('Cancel them first.');
});

test('a participant becomes an organizer on the account page', { tag: '@phone' }, async ({ page, api }) => {
  const participant = await api.participant();
  const competition = await api.competition({ start: 14 });
  await api.register(participant, competition);
  await logInAs(page, participant);
  const create = page.getByRole('banner').getByRole('link', { name: 'New competition' });
  await open(page, '/account');
  await expect(create).toBeHidden();

  await form(page, 'Roles').getByRole('button', { name: 'Add the organizer role' }).click();

  await expect(form(page, 'Roles').getByRole('status')).toHaveText('The role was added.');
  await expect(form(page, 'Roles').getByRole('button')).toHaveCount(0);
  await expect(create).toBeVisible();

  await form(page, 'Roles').getByRole('link', { name: 'dashboard' }).click();
  const views = page.getByRole('navigation', { name: 'Views' });
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Dashboard: your registrations');
  await expect(views.getByRole('link', { name: 'Your registrations' })).toHaveAttribute('aria-current', 'page');
  await expect(page.getByRole('main')).toContainText(competition.title);
  await views.getByRole('link', { name: 'Your competitions' }).click();
  await expect(page).toHaveURL('/dashboard?view=competitions');
  await expect(views.getByRole('link', { name: 'Your competitions' })).toHaveAttribute('aria-current', 'page');
  await expect(page.getByText('No competitions yet')).toBeVisible();
  await expect(page.getByRole('main')).not.toContainText(competition.title);
});

test('an organizer takes part in the competition of another one, and not in their own', async ({ page, api }) => {
  const organizer = await api.organizer();
  const [other, own] = await Promise.all([api.competition(), api.competition({ owner: organizer })]);
  await logInAs(page, organizer);
  await open(page, `/competitions/${other.id}`);
  await page.getByRole('link', { name: 'Add the participant role' }).click();
  await hydrated(page);

  await form(page, 'Roles').getByRole('button', { name: 'Add the participant role' }).click();

  await expect(form(page, 'Roles').getByRole('status')).toHaveText('The role was added.');
  if (hydrates(page)) await expect(page.getByRole('heading', { name: 'Roles' })).toBeFocused();
  await form(page, 'Roles').getByRole('link', { name: 'Continue' }).click();
  await expect(page).toHaveURL(`/competitions/${other.id}`);
  await hydrated(page);
  await page.getByRole('button', { name: 'Register' }).click();
  await expect(page.getByText('You are registered')).toBeVisible();
  await open(page, `/competitions/${own.id}`);
  await expect(page.getByRole('link', { name: 'Manage' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Register' })).toHaveCount(0);
});

test('a participant who wants to organize adds the role and creates a competition', async ({ page, api }) => {
  await logInAs(page, await api.participant());
  await open(page, '/');

  await page.getByRole('link', { name: 'Sign up as an organizer' }).click();

  await expect(page).toHaveURL('/account?next=%2Fcompetitions%2Fcreate#roles');
  await hydrated(page);
  await form(page, 'Roles').getByRole('button', { name: 'Add the organizer role' }).click();
  await form(page, 'Roles').getByRole('link', { name: 'Continue' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('New competition');
});

test('an organizer chooses when to hear of what participants do', { tag: '@phone' }, async ({ page, api }) => {
  await logInAs(page, await api.organizer());
  await open(page, '/account');
  await hydrated(page);
  const notices = form(page, 'News of your competitions');
  await expect(notices.getByLabel('New registrations')).toHaveValue('DAILY');
  await notices.getByLabel('New registrations').selectOption('As it happens');
  await notices.getByLabel('A waiting list is empty').selectOption('Not at all');
  await notices.getByRole('button', { name: 'Save notices' }).click();
  await expect(notices.getByText('Your choice was saved.')).toBeVisible();
  await open(page, '/account');
  await expect(notices.getByLabel('New registrations')).toHaveValue('AT_ONCE');
  await expect(notices.getByLabel('Cancelled registrations')).toHaveValue('DAILY');
  await expect(notices.getByLabel('A waiting list is empty')).toHaveValue('NEVER');

  await test.step('a participant has no such choice', async () => {
    await logInAs(page, await api.participant());
    await open(page, '/account');
    await expect(form(page, 'Messages by mail')).toBeVisible();
    await expect(form(page, 'News of your competitions')).toBeHidden();
  });
});
