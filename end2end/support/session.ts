import { expect, type APIResponse, type Page } from '@playwright/test';
import { PASSWORD, type Person } from './api.ts';
import { hydrated, test } from './fixtures.ts';

/** Logs the browser in without the login page, which has its own tests. */
export async function logInAs(page: Page, person: Person): Promise<void> {
  const answer = await postForm(page, '/fn/log_in', { email: person.email, password: PASSWORD });
  expect(answer.headers()['location']).toBe('/dashboard');
}

/** Posts a form as the browser does without JavaScript, with its cookies, without following the redirect. */
export async function postForm(
  page: Page,
  action: string,
  form: Record<string, string>,
): Promise<APIResponse> {
  // A browser sends the origin of a form; without it, a post with cookies is refused.
  const origin = new URL(test.info().project.use.baseURL ?? '').origin;
  const answer = await page.request.post(action, {
    form,
    headers: { accept: 'text/html', origin },
    maxRedirects: 0,
  });
  expect(answer.status()).toBe(302);
  return answer;
}

/** Fills the login form in and sends it. */
export async function logIn(page: Page, email: string, password: string): Promise<void> {
  await hydrated(page);
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('main').getByRole('button', { name: 'Log in' }).click();
}

type NewAccount = { role: 'Compete' | 'Organize'; name: string; email: string; password?: string };

/** Fills the sign-up form in and sends it. */
export async function signUp(page: Page, account: NewAccount): Promise<void> {
  await hydrated(page);
  await page.getByRole('radio', { name: account.role }).check();
  await page.getByLabel('Name').fill(account.name);
  await page.getByLabel('Email').fill(account.email);
  await page.getByLabel('Password', { exact: true }).fill(account.password ?? PASSWORD);
  await page.getByRole('main').getByRole('button', { name: 'Sign up' }).click();
}

export async function logOut(page: Page): Promise<void> {
  await hydrated(page);
  await page.getByRole('button', { name: 'Log out' }).click();
  await expect(page.getByRole('banner').getByRole('link', { name: 'Log in' })).toBeVisible();
}
