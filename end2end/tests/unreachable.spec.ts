import { expect, open, test } from '../support/fixtures.ts';
import { errorSummary } from '../support/forms.ts';
import { isolatedPage } from '../support/isolated-page.ts';
import { logInAs } from '../support/session.ts';

test.describe('while the server cannot be reached', { tag: '@js' }, () => {
  test('a page says so, and the header still shows the user', async ({ browser, page, api, baseURL }) => {
    await logInAs(page, await api.participant('Pia'));
    const tab = await isolatedPage(browser, page, baseURL);
    await open(tab, '/competitions');
    await tab.route('/fn/**', (route) => route.abort());

    await tab.getByRole('banner').getByRole('link', { name: 'Dashboard' }).click();

    await expect(tab.getByRole('heading', { level: 1, name: 'The server cannot be reached' })).toBeVisible();
    await expect(tab.getByRole('main')).not.toContainText('503');
    await expect(tab.getByRole('banner')).toContainText('Pia');
    await tab.context().close();
  });

  test('the queues keep their last state', async ({ browser, page, api, baseURL }) => {
    await logInAs(page, await api.admin());
    const tab = await isolatedPage(browser, page, baseURL);
    await open(tab, '/admin/queues');
    await tab.route('/fn/queues', (route) => route.abort());

    await tab.waitForEvent('requestfailed', (request) => request.url().endsWith('/fn/queues'));
    await tab.waitForEvent('requestfailed', (request) => request.url().endsWith('/fn/queues'));

    await expect(tab.getByRole('heading', { level: 1, name: 'Queues' })).toBeVisible();
    await tab.context().close();
  });

  test('an edit whose response was lost can be corrected and saved', async ({ browser, page, api, baseURL }) => {
    const owner = await api.organizer();
    const competition = await api.competition({ owner });
    await logInAs(page, owner);
    const tab = await isolatedPage(browser, page, baseURL);
    await open(tab, `/competitions/${competition.id}/edit`);
    const save = tab.getByRole('button', { name: 'Save changes' });
    await tab.route('/fn/edit_competition', async (route) => {
      await route.fetch();
      await route.abort();
    });
    await tab.getByLabel('Capacity').fill('41');
    await save.click();
    await expect(errorSummary(tab)).toContainText('The server cannot be reached');
    await tab.unrouteAll();

    await tab.getByLabel('Capacity').fill('42');
    await save.click();
    await expect(errorSummary(tab)).toContainText('This form was sent before with different text');
    await expect(tab.getByLabel('Capacity')).toHaveValue('42');
    await save.click();

    await expect(tab.getByText('42 of 42 seats left')).toBeVisible();
    await tab.context().close();
  });
});
