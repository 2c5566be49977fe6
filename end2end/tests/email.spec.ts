import type { Page } from '@playwright/test';
import { newEmail, PASSWORD } from '../support/api.ts';
import { expect, open, test } from '../support/fixtures.ts';
import { expectFaults } from '../support/forms.ts';
import { codeIn, lastMailTo, linkIn, mailsTo } from '../support/mail.ts';
import { signUp } from '../support/session.ts';

// A site that sends mail.
test.use({ baseURL: process.env.E2E_MAIL_SITE_URL });

/** The note below the head of every page. */
const note = (page: Page) => page.getByRole('complementary', { name: 'Email address' });

/** Signs up and opens the page of the address. */
async function signUpAndOpenAddress(page: Page, email: string): Promise<void> {
  await open(page, '/auth/signup');
  await signUp(page, { role: 'Compete', name: 'Pia Participant', email });
  await expect(page).toHaveURL('/dashboard');
  await expect(note(page)).toContainText('Verify your email address to get messages by mail.');
  await note(page).getByRole('link', { name: 'Verify address' }).click();
  await expect(page.getByRole('heading', { name: 'Email address' })).toBeVisible();
  await expect(note(page)).toBeHidden();
}

async function verifyCode(page: Page, code: string): Promise<void> {
  await page.getByLabel('Code').fill(code);
  await page.getByRole('button', { name: 'Verify address' }).click();
}

test('a new account verifies its address with the code of the mail', { tag: '@core' }, async ({ page, request }) => {
  const email = newEmail();
  await signUpAndOpenAddress(page, email);

  await verifyCode(page, codeIn(await lastMailTo(request, email)));

  await expect(page.getByText('Your address is verified.')).toBeVisible();
  await expect(page.getByText('Messages are mailed to it.')).toBeVisible();
  await page.getByRole('link', { name: 'Dashboard' }).click();
  await expect(page.getByRole('heading', { name: 'Dashboard' })).toBeVisible();
  await expect(note(page)).toBeHidden();
});

test('the link of the mail verifies the address without logging in', async ({ page, browser, request, javaScriptEnabled }) => {
  const email = newEmail();
  await signUpAndOpenAddress(page, email);
  const link = linkIn(await lastMailTo(request, email));

  const elsewhere = await browser.newContext({ baseURL: process.env.E2E_MAIL_SITE_URL, javaScriptEnabled });
  const other = await elsewhere.newPage();
  await other.goto(link);
  await expect(other).toHaveURL('/auth/verify-email');
  await expect(other.getByText(email)).toBeVisible();
  await other.getByRole('button', { name: 'Verify address' }).click();
  await expect(other.getByRole('heading', { name: 'Your address is verified' })).toBeVisible();
  await other.goto(link);
  await expect(other.getByRole('heading', { name: 'This link has expired' })).toBeVisible();
  await elsewhere.close();

  await page.reload();
  await expect(page.getByText('You have verified this address.')).toBeVisible();
});

test.describe('wrong codes', () => {
  test.use({ expectedStatuses: [400] });

  test('a wrong code is refused with the number of tries that are left', async ({ page, request }) => {
    const email = newEmail();
    await signUpAndOpenAddress(page, email);
    const code = codeIn(await lastMailTo(request, email));

    await verifyCode(page, 'abc');
    await expectFaults(page, ['Enter the code with six digits']);
    await verifyCode(page, code.startsWith('0') ? '100 000' : '000 000');
    await expectFaults(page, [/You have 4 tries left/]);
    await verifyCode(page, code);
    await expect(page.getByText('Your address is verified.')).toBeVisible();
  });
});

test('a new address replaces the old one when it is verified', async ({ page, request }) => {
  const [email, next] = [newEmail(), newEmail()];
  await signUpAndOpenAddress(page, email);
  await verifyCode(page, codeIn(await lastMailTo(request, email)));
  await expect(page.getByText('Your address is verified.')).toBeVisible();

  await page.getByLabel('New address').fill(next);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Change address' }).click();
  await expect(page.getByText(`A mail to ${next} has a link and a code.`)).toBeVisible();
  await verifyCode(page, codeIn(await lastMailTo(request, next)));

  await expect(page.getByText('You have verified this address.')).toBeVisible();
  await expect(page.getByRole('main').getByText(next, { exact: true })).toBeVisible();
  const [, , notice] = await mailsTo(request, email, 3);
  expect(notice?.subject).toBe('Your email address was changed');
  expect(notice?.text).toContain(next);
});

test('another mail is sent on request', async ({ page, request }) => {
  const email = newEmail();
  await signUpAndOpenAddress(page, email);
  await lastMailTo(request, email);

  await page.getByRole('button', { name: 'Send another mail' }).click();

  await expect(page.getByText('A mail is on its way.')).toBeVisible();
});

test('a mistyped domain has a suggestion', async ({ page }) => {
  const email = newEmail().replace('example.com', 'gmial.com');
  await signUpAndOpenAddress(page, email);

  await expect(page.getByText(`Did you mean ${email.replace('gmial', 'gmail')}?`)).toBeVisible();
});

test('a mistyped domain has a suggestion before the form is sent', { tag: '@js' }, async ({ page }) => {
  await open(page, '/auth/signup');

  await page.getByLabel('Email').fill('ada@gmial.com');
  await page.getByLabel('Email').blur();

  await expect(page.getByText('Did you mean ada@gmail.com?')).toBeVisible();
});

test('an address that its mail server refuses is named on every page', async ({ page }) => {
  const email = `gone-${newEmail()}`;
  await open(page, '/auth/signup');
  await signUp(page, { role: 'Compete', name: 'Pia Participant', email });
  await expect(page).toHaveURL('/dashboard');

  await expect(async () => {
    await page.reload();
    await expect(note(page)).toHaveText('The mail server of your email address refuses our mail. Check address');
  }).toPass();

  await note(page).getByRole('link', { name: 'Check address' }).click();
  await expect(page.getByText(`The mail server of ${email} has refused our mail.`)).toBeVisible();
});
