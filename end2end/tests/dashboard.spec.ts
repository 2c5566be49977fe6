import { expect, open, test } from '../support/fixtures.ts';
import { logInAs } from '../support/session.ts';
import { unique } from '../support/unique.ts';

test('a participant sees the next competition first', async ({ page, api }) => {
  const participant = await api.participant();
  const [later, sooner] = [unique('Later'), unique('Sooner')];
  await api.register(participant, await api.competition({ title: later, deadline: 1, start: 20 }));
  await api.register(participant, await api.competition({ title: sooner, deadline: 1, start: 10 }));
  await logInAs(page, participant);

  await open(page, '/dashboard');

  await expect(page.getByRole('region', { name: 'Next', exact: true }).getByRole('link', { name: sooner, exact: true })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Upcoming' }).getByRole('link', { name: later, exact: true })).toBeVisible();
});

test('a participant without registrations finds the list of competitions', async ({ page, api }) => {
  await logInAs(page, await api.participant());
  await open(page, '/dashboard');

  await page.getByRole('main').getByRole('link', { name: 'See open competitions' }).click();

  await expect(page.getByRole('heading', { name: 'Competitions', exact: true })).toBeVisible();
});

test('an organizer sees the totals and the seats left in each competition', async ({ page, api }) => {
  const [organizer, participant] = await Promise.all([api.organizer(), api.participant()]);
  const small = await api.competition({ owner: organizer, seats: 1 });
  const large = await api.competition({ owner: organizer, seats: 30 });
  await api.register(participant, small);
  await logInAs(page, organizer);

  await open(page, '/dashboard');

  await expect(page.getByRole('definition')).toHaveText(['2', '1', '1', '1 of 31']);
  const card = (title: string) => page.getByRole('article').filter({ hasText: title });
  await expect(card(small.title)).toContainText('0 of 1 seat left');
  await expect(card(small.title)).toContainText('Full');
  await expect(card(large.title)).toContainText('30 of 30 seats left');
});

test('the competitions of an organizer have pages, below the totals of all', async ({ page, api }) => {
  const organizer = await api.organizer();
  const oldest = await api.competition({ owner: organizer, seats: 1 });
  for (let more = 0; more < 20; more += 1) await api.competition({ owner: organizer, seats: 1 });
  await logInAs(page, organizer);
  const cards = page.getByRole('main').getByRole('article');
  const total = page.getByRole('definition').first();

  await open(page, '/dashboard');
  await expect(cards).toHaveCount(20);
  await page.getByRole('link', { name: 'Page 2' }).click();

  await expect(page.getByRole('heading', { name: 'Your competitions, page 2 of 2' })).toBeVisible();
  await expect(page).toHaveURL('/dashboard?view=competitions&page=2');
  await expect(cards).toHaveCount(1);
  await expect(cards).toContainText(oldest.title);
  await expect(total).toHaveText('21');

  await open(page, '/dashboard?page=3');
  await page.getByRole('link', { name: 'Go to the first page' }).click();
  await expect(cards).toHaveCount(20);
});

test.describe('impossible', () => {
  test.use({ expectedStatuses: [400] });

  test('an invalid page number is refused', async ({ page, api }) => {
    await logInAs(page, await api.organizer());

    const response = await open(page, '/dashboard?page=none');

    expect(response?.status()).toBe(400);
    await expect(page.getByRole('main')).toContainText('Page must be a whole number of at least 1');
  });
});
