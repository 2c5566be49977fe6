import { PASSWORD, newEmail } from '../support/api.ts';
import { expect, open, test } from '../support/fixtures.ts';
import { logIn, postForm, logInAs, signUp } from '../support/session.ts';

for (const path of ['/dashboard', '/mailbox', '/competitions/create']) {
  test(`a visitor at ${path} logs in and comes back`, async ({ page, api }) => {
    const organizer = await api.organizer();

    await open(page, path);
    await expect(page).toHaveURL(/\/auth\/login/);
    await logIn(page, organizer.email, PASSWORD);

    await expect(page).toHaveURL(path);
    await expect(page.getByRole('banner').getByText(organizer.name)).toBeVisible();
  });
}

test.describe('logged out meanwhile', () => {
  test.use({ expectedStatuses: [401] });

  test('an ended session leads to the login, and from there to the requested page', { tag: '@js' }, async ({ page, context, api }) => {
    const participant = await api.participant();
    await logInAs(page, participant);
    await open(page, '/');
    await context.clearCookies();

    await page.getByRole('banner').getByRole('link', { name: 'Mailbox' }).click();
    await expect(page).toHaveURL('/auth/login?next=%2Fmailbox');
    await logIn(page, participant.email, PASSWORD);

    await expect(page).toHaveURL('/mailbox');
  });
});

test.describe('forbidden', () => {
  test.use({ expectedStatuses: [403] });

  test('a participant cannot create a competition and reads why', async ({ page, api }) => {
    await logInAs(page, await api.participant());

    const response = await open(page, '/competitions/create');

    expect(response?.status()).toBe(403);
    await expect(page.getByRole('heading', { name: 'This page is not for your account' })).toBeVisible();
    await expect(page.getByText('It is for organizers, and your account does not have this role.')).toBeVisible();
    const addRole = page.getByRole('link', { name: 'Add the organizer role' });
    await expect(addRole).toHaveAttribute('href', '/account?next=%2Fcompetitions%2Fcreate#roles');
    await expect(page.getByRole('banner').getByRole('link', { name: 'New competition' })).toBeHidden();
  });
});

test.describe('without a role to add', () => {
  test.use({ expectedStatuses: [403] });

  test('an administrator cannot create a competition', async ({ page, api }) => {
    await logInAs(page, await api.admin());

    await open(page, '/competitions/create');

    await expect(page.getByText('It is for organizers, and your account does not have this role.')).toBeVisible();
    await expect(page.getByRole('link', { name: 'Add the organizer role' })).toHaveCount(0);
  });

  test('a participant is not led to add a role for the competition of another', async ({ page, api }) => {
    const competition = await api.competition();
    await logInAs(page, await api.participant());

    await open(page, `/competitions/${competition.id}/manage`);

    await expect(page.getByText('It is for organizers, and your account does not have this role.')).toBeVisible();
    await expect(page.getByRole('link', { name: 'Add the organizer role' })).toHaveCount(0);
  });
});

const FOREIGN = ['//evil.example', '/\\evil.example', 'https://evil.example', '/\t/evil.example'];

for (const next of FOREIGN) {
  test(`a login never leads to ${JSON.stringify(next)}`, async ({ page, api }) => {
    const participant = await api.participant();
    await open(page, `/auth/login?next=${encodeURIComponent(next)}`);

    await logIn(page, participant.email, PASSWORD);

    await expect(page).toHaveURL('/dashboard');
  });
}

test('a sign-up never leads to another site', async ({ page }) => {
  await open(page, '/auth/signup?next=%2F%2Fevil.example');

  await signUp(page, { role: 'Compete', name: 'Pia Participant', email: newEmail() });

  await expect(page).toHaveURL('/dashboard');
});

test('a manipulated form never leads to another site', { tag: '@no-js' }, async ({ page, api }) => {
  const { email } = await api.participant();
  for (const next of FOREIGN) {
    const answer = await postForm(page, '/fn/log_in', { email, password: PASSWORD, next });
    expect(answer.headers()['location']).toBe('/dashboard');
  }
});
