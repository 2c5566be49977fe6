import { PASSWORD } from '../support/api.ts';
import { expect, open, test } from '../support/fixtures.ts';
import { logIn, postForm, logInAs } from '../support/session.ts';

/** The event after a return to a tab. Headless tabs are always visible, so tests send it. */
const comeBack = () => window.dispatchEvent(new Event('focus'));

test.describe('with several tabs', { tag: '@js' }, () => {
  test('a tab reloads after another user has logged in', async ({ page, api }) => {
    const [pia, paul] = await Promise.all([api.participant('Pia'), api.participant('Paul')]);
    const competition = await api.competition();
    await logInAs(page, pia);
    await open(page, `/competitions/${competition.id}`);
    await expect(page.getByRole('banner')).toContainText('Pia');

    await logInAs(page, paul);
    await page.evaluate(comeBack);

    await expect(page.getByRole('banner')).toContainText('Paul');
    await expect(page.getByRole('banner')).not.toContainText('Pia');
  });

  test('a tab shows no data after a logout in another tab', async ({ page, api }) => {
    await logInAs(page, await api.participant('Pia'));
    await open(page, '/account');
    await expect(page.getByLabel('Name')).toHaveValue('Pia');

    await postForm(page, '/fn/log_out', {});
    await page.evaluate(comeBack);

    await expect(page).toHaveURL('/auth/login?next=%2Faccount');
  });
});

test('the back button shows no data after a logout', async ({ page, api }) => {
  await logInAs(page, await api.participant('Pia'));
  await open(page, '/account');
  await page.getByRole('button', { name: 'Log out' }).click();
  await expect(page.getByRole('banner').getByRole('link', { name: 'Log in' })).toBeVisible();

  await page.goBack();

  await expect(page.getByRole('heading', { level: 1, name: 'Log in' })).toBeVisible();
});

test.describe('a session that has ended', () => {
  test.use({ expectedStatuses: [401] });

  test('is renewed in another tab, and the typed text stays', { tag: '@js' }, async ({ page, api }) => {
    const pia = await api.participant('Pia');
    await logInAs(page, pia);
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

test.describe('a form that was rendered for another user', () => {
  test.use({ expectedStatuses: [403] });

  test('does not register the current user, and shows the reason', async ({ page, api }) => {
    const [pia, paul] = await Promise.all([api.participant('Pia'), api.participant('Paul')]);
    const competition = await api.competition();
    await logInAs(page, pia);
    await open(page, `/competitions/${competition.id}`);

    await logInAs(page, paul);
    await page.getByRole('button', { name: 'Register' }).click();

    await expect(page.getByRole('alert')).toContainText('You have logged in as Paul since this form was shown');
    expect(await api.find(competition)).toMatchObject({ seatsLeft: competition.seatsLeft });
  });

  test('does not rename the current account, and shows it', { tag: '@no-js' }, async ({ page, api }) => {
    const [pia, paul] = await Promise.all([api.participant('Pia'), api.participant('Paul')]);
    await logInAs(page, pia);
    await open(page, '/account');

    await logInAs(page, paul);
    await page.getByLabel('Name').fill('Pia Maria');
    await page.getByRole('button', { name: 'Save profile' }).click();

    await expect(page.getByRole('alert').first()).toContainText('You have logged in as Paul');
    await expect(page.getByLabel('Name')).toHaveValue('Paul');
  });
});
