import { expect, open, test } from '../support/fixtures.ts';
import { logInAs } from '../support/session.ts';

const UNKNOWN_ID = '01939a00-0000-7000-8000-000000000000';

test.use({ expectedStatuses: [404] });

for (const [path, heading] of [
  ['/no/such/page', 'Page not found'],
  [`/competitions/${UNKNOWN_ID}`, 'Competition not found'],
  ['/competitions/no-id', 'Competition not found'],
] as const) {
  test(`${path} answers 404 and links to the competitions`, async ({ page }) => {
    const response = await open(page, path);

    expect(response?.status()).toBe(404);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(heading);
    await expect(page).toHaveTitle(`${heading} – Mini Compete`);
    await page.getByRole('link', { name: 'See all competitions' }).click();
    await expect(page).toHaveURL('/competitions');
  });
}

test('the message of another user is not found', async ({ page, api }) => {
  const [owner, other, competition] = await Promise.all([
    api.participant(),
    api.participant(),
    api.competition(),
  ]);
  await api.register(owner, competition);
  await expect.poll(() => api.mailOf(owner)).toHaveLength(1);
  const [mail] = await api.mailOf(owner);
  await logInAs(page, other);

  for (const id of [mail?.id, UNKNOWN_ID, 'no-id']) {
    const response = await open(page, `/mailbox?mail=${id}`);
    expect(response?.status()).toBe(404);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Message not found');
  }
});
