import { expect, open, test } from '../support/fixtures.ts';
import { signIn } from '../support/session.ts';
import { unique } from '../support/unique.ts';

test('a participant sees what starts next first', async ({ page, api }) => {
  const participant = await api.participant();
  const [later, sooner] = [unique('Later'), unique('Sooner')];
  await api.register(participant, await api.competition({ title: later, deadline: 1, start: 20 }));
  await api.register(participant, await api.competition({ title: sooner, deadline: 1, start: 10 }));
  await signIn(page, participant);

  await open(page, '/dashboard');

  await expect(page.getByRole('region', { name: 'Next up' }).getByRole('link', { name: sooner, exact: true })).toBeVisible();
  await expect(page.getByRole('region', { name: 'After that' }).getByRole('link', { name: later, exact: true })).toBeVisible();
});

test('a participant without a place is led to the list', async ({ page, api }) => {
  await signIn(page, await api.participant());
  await open(page, '/dashboard');

  await page.getByRole('main').getByRole('link', { name: 'See open competitions' }).click();

  await expect(page.getByRole('heading', { name: 'Competitions', exact: true })).toBeVisible();
});

test('an organizer sees the totals and the places left in each competition', async ({ page, api }) => {
  const [organizer, participant] = await Promise.all([api.organizer(), api.participant()]);
  const small = await api.competition({ owner: organizer, seats: 1 });
  const large = await api.competition({ owner: organizer, seats: 30 });
  await api.register(participant, small);
  await signIn(page, organizer);

  await open(page, '/dashboard');

  await expect(page.getByRole('definition')).toHaveText(['2', '1', '1', '1 of 31']);
  const card = (title: string) => page.getByRole('article').filter({ hasText: title });
  await expect(card(small.title)).toContainText('0 of 1 place left');
  await expect(card(small.title)).toContainText('Full');
  await expect(card(large.title)).toContainText('30 of 30 places left');
});
