import { newEmail } from '../support/api.ts';
import { expect, open, test } from '../support/fixtures.ts';
import { errorSummary } from '../support/forms.ts';
import { logIn, logInAs } from '../support/session.ts';
import { unique } from '../support/unique.ts';

// JavaScript runs, but our code never arrives: the first moments on a slow connection.
test.use({ wasm: 'late', expectedStatuses: [400, 401] });

test.describe('before our code has arrived', { tag: '@js' }, () => {
  test('searching, filtering and sorting work', async ({ page, api }) => {
    const [word, tag] = [unique('Early'), unique('chess')];
    const owner = await api.organizer();
    for (const [title, deadline] of [['Later', 9], ['Sooner', 5]] as const) {
      await api.competition({ owner, title: `${title} ${word}`, tags: [tag], deadline });
    }
    await open(page, '/');

    await page.getByLabel('Search competitions').fill(word);
    await page.getByRole('button', { name: 'Search' }).click();
    await expect(page.getByRole('main').getByRole('status')).toHaveText('2 competitions found');
    await page.getByRole('main').getByRole('link', { name: tag }).first().click();
    await expect(page).toHaveURL(new RegExp(`tags=`));
    await page.getByLabel('Sort by').selectOption('Closing soonest');
    await page.getByRole('button', { name: 'Search' }).click();

    await expect(page).toHaveURL(/sort=deadline/);
    await expect(page.getByRole('heading', { level: 3 })).toHaveText([`Sooner ${word}`, `Later ${word}`]);
    await expect(page.locator('html[data-hydrated]')).not.toBeAttached();
  });

  test('registering works', async ({ page, api }) => {
    const [participant, competition] = await Promise.all([api.participant(), api.competition()]);
    await logInAs(page, participant);
    await open(page, `/competitions/${competition.id}`);

    await page.getByRole('button', { name: 'Register' }).click();

    await expect(page.getByText('You are registered')).toBeVisible();
    await expect(page.locator('html[data-hydrated]')).not.toBeAttached();
  });

  test('a refused form keeps what was typed', async ({ page }) => {
    const email = newEmail();
    await open(page, '/auth/login');

    await logIn(page, email, 'not the password');

    await expect(errorSummary(page)).toContainText('Wrong email or password');
    await expect(page.getByLabel('Email')).toHaveValue(email);
    await expect(page.getByLabel('Password', { exact: true })).toHaveValue('');
  });
});
