import { expect, open, test } from '../support/fixtures.ts';
import { unique } from '../support/unique.ts';

const ONE_HOUR = 1 / 24; // days

test('the home page links to the competition that closes soonest', async ({ page, api }) => {
  const title = unique('Last Call');
  await api.competition({ title, deadline: ONE_HOUR });
  await open(page, '/');

  await page.getByRole('region', { name: 'Closing soon' }).getByRole('link', { name: title }).click();

  await expect(page.getByRole('heading', { level: 1 })).toHaveText(title);
});
