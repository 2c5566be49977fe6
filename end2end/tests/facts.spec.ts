import { expect, hydrated, open, test } from '../support/fixtures.ts';
import { competitionFields, createCompetition, expectFaults, fillCompetition } from '../support/forms.ts';
import { logInAs } from '../support/session.ts';
import { dateAndTime, inDays } from '../support/time.ts';
import { unique } from '../support/unique.ts';

const LINK = 'https://meet.example/room';

test('an organizer says when and where, and registered people see the online link', async ({
  page,
  api,
}) => {
  const title = unique('Lantern Open');
  await logInAs(page, await api.organizer());
  await open(page, '/competitions/create');
  await createCompetition(page, {
    ...competitionFields(title, inDays(7), inDays(14)),
    'Summary (optional)': 'Seven rounds in one day',
    'Venue (optional)': 'Town Hall',
    'Address (optional)': 'Rathausplatz 1, 10115 Berlin',
    'Online link (optional)': LINK,
    'Website (optional)': 'https://lantern.example/',
    'Ends (optional)': dateAndTime(inDays(15)),
  });

  await expect(page.getByRole('heading', { name: title })).toBeVisible();
  const facts = page.getByRole('main');
  for (const text of ['Ends', 'Town Hall', 'Rathausplatz 1, 10115 Berlin']) {
    await expect(facts.getByText(text, { exact: true })).toBeVisible();
  }
  await expect(page.getByText('Seven rounds in one day')).toBeVisible();
  await expect(page.getByRole('link', { name: 'https://lantern.example/' })).toBeVisible();
  await expect(facts.getByRole('link', { name: LINK })).toBeVisible();
  const address = page.url();

  await page.context().clearCookies();
  await logInAs(page, await api.participant());
  await open(page, address);
  await expect(facts.getByText('You see the link once you are registered')).toBeVisible();
  await expect(page.getByRole('link', { name: LINK })).toHaveCount(0);

  await hydrated(page);
  await page.getByRole('button', { name: 'Register' }).click();
  await expect(page.getByText('You are registered')).toBeVisible();
  await expect(facts.getByRole('link', { name: LINK })).toBeVisible();
  await open(page, '/dashboard');
  await expect(page.getByText('Town Hall and online')).toBeVisible();
  await expect(page.getByRole('link', { name: LINK })).toBeVisible();
});

test.describe('wrong facts', () => {
  test.use({ expectedStatuses: [400] });

  test('are refused with an error for each field', async ({ page, api }) => {
    await logInAs(page, await api.organizer());
    await open(page, '/competitions/create');
    await createCompetition(page, {
      ...competitionFields(unique('Nowhere'), inDays(7), inDays(14)),
      'Online link (optional)': 'meet me there',
      'Website (optional)': 'javascript:alert(1)',
    });
    await expectFaults(page, [
      'Enter a website like https://example.com/sprint',
      'Enter an online link like https://example.com/sprint',
    ]);

    await fillCompetition(page, {
      'Online link (optional)': '',
      'Website (optional)': '',
      'Ends (optional)': dateAndTime(inDays(13)),
    });
    await page.getByRole('button', { name: 'Publish', exact: true }).click();
    await expectFaults(page, ['Choose an end after the start']);
  });
});

test('a list shows where a competition takes place', async ({ page, api }) => {
  const title = unique('Placed');
  await api.competition({ title, facts: { venueName: 'Town Hall', onlineUrl: LINK } });
  await open(page, `/competitions?search=${encodeURIComponent(title)}`);
  const card = page.getByRole('article').filter({ hasText: title });
  await expect(card.getByText('Town Hall and online')).toBeVisible();
});

test('a competition is duplicated with its times moved by a week', async ({ page, api }) => {
  const [owner, title] = [await api.organizer(), unique('Yearly')];
  const competition = await api.competition({
    owner,
    title,
    start: 14,
    facts: { venueName: 'Town Hall', onlineUrl: LINK },
  });
  await logInAs(page, owner);
  await open(page, `/competitions/${competition.id}/manage/settings`);
  await page.getByRole('link', { name: 'Duplicate' }).click();
  await expect(page.getByLabel('Title')).toHaveValue(title);
  await expect(page.getByLabel('Online link (optional)')).toHaveValue(LINK);
  const weekLater = inDays(7, new Date(competition.startDate ?? ''));
  await expect(page.getByLabel('Starts (optional)')).toHaveValue(dateAndTime(weekLater));

  await createCompetition(page, { Title: `${title} again` });

  await expect(page.getByRole('heading', { name: `${title} again` })).toBeVisible();
  await expect(page.getByText('Town Hall')).toBeVisible();
});
