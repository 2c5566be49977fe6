import { expect, open, test } from '../support/fixtures.ts';
import { postForm, signIn } from '../support/session.ts';

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
