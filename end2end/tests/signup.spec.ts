import { newEmail } from '../support/api.ts';
import { expect, open, test } from '../support/fixtures.ts';
import { expectFaultAt, expectFaults } from '../support/forms.ts';
import { signUp } from '../support/session.ts';

test.use({ expectedStatuses: [400, 409] });

test('signing up logs in', async ({ page }) => {
  await open(page, '/auth/signup');

  await signUp(page, { role: 'Compete', name: 'Pia Participant', email: newEmail() });

  await expect(page).toHaveURL('/dashboard');
  await expect(page.getByRole('heading', { name: 'Dashboard' })).toBeVisible();
  await expect(page.getByRole('banner').getByText('Pia Participant')).toBeVisible();
  await expect(page.getByText('No registrations yet')).toBeVisible();
});

test('all errors are shown at once, and everything but the password is kept', async ({ page }) => {
  await open(page, '/auth/signup');

  await signUp(page, { role: 'Organize', name: 'Olga', email: 'no-address', password: 'short' });

  await expectFaults(page, [
    'Enter an email like name@example.com',
    'Enter a password with at least 8 characters',
  ]);
  await expect(page.getByRole('radio', { name: 'Organize' })).toBeChecked();
  await expect(page.getByLabel('Name')).toHaveValue('Olga');
  await expect(page.getByLabel('Email')).toHaveValue('no-address');
  await expectFaultAt(page, page.getByLabel('Email'), 'Enter an email like name@example.com');
});

test('an email with an account is refused, in upper and lower case', async ({ page, api }) => {
  const { email } = await api.participant();
  await open(page, '/auth/signup');

  await signUp(page, { role: 'Compete', name: 'Pia', email: email.toUpperCase() });

  await expectFaults(page, ['An account with this email exists. Log in?']);
  await expect(page.getByLabel('Email')).toHaveValue(email.toUpperCase());
});
