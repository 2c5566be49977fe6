import { PASSWORD, newEmail } from '../support/api.ts';
import { expect, open, test } from '../support/fixtures.ts';
import { errorSummary, expectFaults } from '../support/forms.ts';
import { logIn, logInAs, logOut } from '../support/session.ts';

test.use({ expectedStatuses: [400, 401] });

test('the email is not case-sensitive, and logging out ends the session', async ({ page, api }) => {
  const participant = await api.participant();
  await open(page, '/auth/login');
  await logIn(page, participant.email.toUpperCase(), PASSWORD);
  await expect(page).toHaveURL('/dashboard');

  await logOut(page);

  await open(page, '/dashboard');
  await expect(page).toHaveURL('/auth/login');
});

test('a wrong password and an unknown email are refused with the same text', { tag: '@core' }, async ({ page, api }) => {
  const { email } = await api.participant();
  for (const [address, password] of [
    [email, 'not the password'],
    [newEmail(), PASSWORD],
  ] as const) {
    await open(page, '/auth/login');
    await logIn(page, address, password);
    await expect(errorSummary(page).getByRole('paragraph')).toHaveText('Wrong email or password');
    await expect(page.getByLabel('Email')).toHaveValue(address);
    await expect(page.getByLabel('Password', { exact: true })).toHaveValue('');
  }
});

test('an empty form is refused with one error for each field', async ({ page }) => {
  await open(page, '/auth/login');

  await logIn(page, '', '');

  await expectFaults(page, ['Enter an email', 'Enter a password']);
});

test('after a refusal the correct password leads to the requested page', async ({ page, api }) => {
  const participant = await api.participant();
  await open(page, '/auth/login?next=%2Fmailbox');
  await logIn(page, participant.email, 'not the password');
  await expect(errorSummary(page)).toBeVisible();

  await logIn(page, participant.email, PASSWORD);

  await expect(page).toHaveURL('/mailbox');
});

test('a reloaded page does not repeat the error', async ({ page }) => {
  await open(page, '/auth/login');
  await logIn(page, newEmail(), PASSWORD);
  await expect(errorSummary(page)).toBeVisible();

  await open(page, '/auth/login');

  await expect(errorSummary(page)).toBeHidden();
  await expect(page.getByLabel('Email')).toHaveValue('');
});

test('a user who is logged in is redirected', async ({ page, api }) => {
  await logInAs(page, await api.participant());

  await open(page, '/auth/login?next=%2Fmailbox');

  await expect(page).toHaveURL('/mailbox');
});

test('the demo logins on the page work', async ({ page }) => {
  await open(page, '/auth/login');
  const demo = page.getByRole('region', { name: 'Demo logins' });
  await expect(demo).toContainText('participant1@minicompete.com');

  await logIn(page, 'participant1@minicompete.com', await demo.getByRole('code').innerText());

  await expect(page.getByRole('banner').getByText('Participant 1')).toBeVisible();
});

test('a password can be shown and hidden again', { tag: '@js' }, async ({ page }) => {
  await open(page, '/auth/login');
  const password = page.getByLabel('Password', { exact: true });
  await password.fill(PASSWORD);

  await page.getByRole('button', { name: 'Show password' }).click();
  await expect(password).toHaveAttribute('type', 'text');
  await page.getByRole('button', { name: 'Hide password' }).click();
  await expect(password).toHaveAttribute('type', 'password');
  await expect(password).toHaveValue(PASSWORD);
});
