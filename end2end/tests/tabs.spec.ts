import { PASSWORD } from '../support/api.ts';
import { expect, open, test } from '../support/fixtures.ts';
import { logIn, postForm, signIn } from '../support/session.ts';

/** What a browser tells a page when somebody comes back to its tab; tabs without a window are always in front. */
const comeBack = () => window.dispatchEvent(new Event('focus'));

test.describe('with several tabs', { tag: '@js' }, () => {
  test('a tab does not act for somebody else who has signed in meanwhile', async ({ page, api }) => {
    const [pia, paul] = await Promise.all([api.participant('Pia'), api.participant('Paul')]);
    const competition = await api.competition();
    await signIn(page, pia);
    await open(page, `/competitions/${competition.id}`);
    await expect(page.getByRole('banner')).toContainText('Pia');

    await signIn(page, paul);
    await page.evaluate(comeBack);

    await expect(page.getByRole('banner')).toContainText('Paul');
    await expect(page.getByRole('banner')).not.toContainText('Pia');
  });

  test('a tab shows nothing more of somebody who has logged out in another', async ({ page, api }) => {
    await signIn(page, await api.participant('Pia'));
    await open(page, '/account');
    await expect(page.getByLabel('Name')).toHaveValue('Pia');

    await postForm(page, '/fn/log_out', {});
    await page.evaluate(comeBack);

    await expect(page).toHaveURL('/auth/login?next=%2Faccount');
  });
});

test('the way back shows nothing after a logout', async ({ page, api }) => {
  await signIn(page, await api.participant('Pia'));
  await open(page, '/account');
  await page.getByRole('button', { name: 'Log out' }).click();
  await expect(page.getByRole('banner').getByRole('link', { name: 'Log in' })).toBeVisible();

  await page.goBack();

  await expect(page.getByRole('heading', { level: 1, name: 'Log in' })).toBeVisible();
});

test.describe('a session that has ended', () => {
  test.use({ expectedStatuses: [401] });

  test('is begun again in another tab, and what was typed stays', { tag: '@js' }, async ({ page, api }) => {
    const pia = await api.participant('Pia');
    await signIn(page, pia);
    await open(page, '/account');
    await page.getByLabel('Name').fill('Pia Maria');
    await postForm(page, '/fn/log_out', {});
    await page.getByRole('button', { name: 'Save profile' }).click();

    const [login] = await Promise.all([
      page.waitForEvent('popup'),
      page.getByRole('link', { name: 'Log in again in a new tab' }).click(),
    ]);
    await logIn(login, pia.email, PASSWORD);
    await expect(login.getByRole('heading', { level: 1, name: 'Account' })).toBeVisible();
    await page.evaluate(comeBack);
    await page.getByRole('button', { name: 'Save profile' }).click();

    await expect(page.getByText('Your profile was saved.')).toBeVisible();
    await expect(page.getByRole('banner')).toContainText('Pia Maria');
  });
});

test.describe('a form that was made for somebody else', () => {
  test.use({ expectedStatuses: [403] });

  test('registers nobody, and says so', async ({ page, api }) => {
    const [pia, paul] = await Promise.all([api.participant('Pia'), api.participant('Paul')]);
    const competition = await api.competition();
    await signIn(page, pia);
    await open(page, `/competitions/${competition.id}`);

    await signIn(page, paul);
    await page.getByRole('button', { name: 'Register' }).click();

    await expect(page.getByRole('alert')).toContainText('You have logged in as Paul since this form was shown');
    expect(await api.find(competition)).toMatchObject({ seatsLeft: competition.seatsLeft });
  });

  test('renames nobody, and shows whose account it is', { tag: '@no-js' }, async ({ page, api }) => {
    const [pia, paul] = await Promise.all([api.participant('Pia'), api.participant('Paul')]);
    await signIn(page, pia);
    await open(page, '/account');

    await signIn(page, paul);
    await page.getByLabel('Name').fill('Pia Maria');
    await page.getByRole('button', { name: 'Save profile' }).click();

    await expect(page.getByRole('alert').first()).toContainText('You have logged in as Paul');
    await expect(page.getByLabel('Name')).toHaveValue('Paul');
  });
});
