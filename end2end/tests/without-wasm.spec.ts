import { newEmail } from '../support/api.ts';
import { test as base, expect } from '../support/fixtures.ts';
import { errorSummary } from '../support/forms.ts';
import { signIn } from '../support/session.ts';

// The browser rightly complains about what this file blocks.
const test = base.extend({ noProblems: async ({}, use) => use() });

test.beforeEach(({ page }) => page.route('**/*.wasm', (route) => route.abort()));

test('while our code cannot be loaded, registering works as without JavaScript', { tag: '@js' }, async ({ page, api }) => {
  const [participant, competition] = await Promise.all([api.participant(), api.competition()]);
  await signIn(page, participant);
  await page.goto(`/competitions/${competition.id}`);

  await page.getByRole('button', { name: 'Register' }).click();

  await expect(page.getByText('You are registered')).toBeVisible();
  await expect(page.locator('html[data-hydrated]')).not.toBeAttached();
});

test('while our code cannot be loaded, a refused form keeps what was typed', { tag: '@js' }, async ({ page }) => {
  const email = newEmail();
  await page.goto('/auth/login');

  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password').fill('not the password');
  await page.getByRole('main').getByRole('button', { name: 'Log in' }).click();

  await expect(errorSummary(page)).toContainText('Invalid credentials');
  await expect(page.getByLabel('Email')).toHaveValue(email);
  await expect(page.getByLabel('Password')).toHaveValue('');
});
