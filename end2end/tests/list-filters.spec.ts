import type { Page } from '@playwright/test';
import { expect, hydrated, hydrates, open, test } from '../support/fixtures.ts';
import { logInAs } from '../support/session.ts';
import { unique } from '../support/unique.ts';

const titles = (page: Page) => page.getByRole('main').getByRole('heading', { level: 3 });
const found = (page: Page) => page.getByRole('main').getByRole('status');
/** The query of the address. */
const asked = (page: Page) => Object.fromEntries(new URL(page.url()).searchParams);
const dayIn = (days: number) => new Date(Date.now() + days * 24 * 60 * 60 * 1000).toISOString().slice(0, 10);

/** Chooses from a list, which acts at once with JavaScript, and with the button otherwise. */
async function choose(page: Page, field: string, option: string, button = 'Search'): Promise<void> {
  await hydrated(page);
  await page.getByLabel(field).selectOption(option);
  if (!hydrates(page)) await page.getByRole('button', { name: button }).click();
}

test('a past competition is found under its status, without deadline and calendar', { tag: '@phone' }, async ({ page, api }) => {
  const title = unique('Sunset');
  const second = 1 / (24 * 60 * 60);
  const { id } = await api.competition({ title, deadline: 2 * second, start: 3 * second });
  const over = `/api/competitions?status=over&search=${encodeURIComponent(title)}`;
  await expect.poll(async () => (await page.request.get(over)).json()).toHaveLength(1);
  await open(page, `/competitions?search=${encodeURIComponent(title)}`);
  await expect(found(page)).toHaveText('No competitions found');

  await choose(page, 'Status', 'Started or over');

  await expect(titles(page)).toHaveText([title]);
  expect(asked(page)).toMatchObject({ search: title, status: 'over' });
  await expect(page.getByLabel('Status')).toHaveValue('over');
  const card = page.getByRole('article');
  await expect(card).toContainText('Over');
  await expect(card).not.toContainText('Registration closes');

  await page.getByRole('link', { name: title }).click();
  await expect(page).toHaveURL(`/competitions/${id}`);
  await expect(page.getByText('This competition is over')).toBeVisible();
  await expect(page.getByText('0 of 40 seats taken')).toBeVisible();
  await expect(page.getByText('Registration closes')).toHaveCount(0);
  await expect(page.getByRole('link', { name: 'Add to calendar' })).toHaveCount(0);

  await page.goBack();
  await expect(titles(page)).toHaveText([title]);
  await expect(page.getByLabel('Status')).toHaveValue('over');
});

test('the organizer of a competition leads to all of theirs', async ({ page, api }) => {
  const owner = await api.organizer();
  const { id } = await api.competition({ owner, title: unique('One') });
  await api.competition({ owner, title: unique('Another') });
  await open(page, `/competitions/${id}`);

  await page.getByRole('link', { name: owner.name }).click();

  await expect(found(page)).toHaveText('2 competitions found');
  const heading = page.getByRole('heading', { level: 1 });
  await expect(heading).toHaveText(`Competitions of ${owner.name}`);
  await expect(page).toHaveTitle(`Competitions of ${owner.name} – Mini Compete`);
  await choose(page, 'Status', 'Started or over');
  await expect(page.getByText('No competitions match these filters')).toBeVisible();
  await expect(heading).toHaveText(`Competitions of ${owner.name}`);
  expect(asked(page)).toMatchObject({ organizerId: owner.id, status: 'over' });
  await page.getByRole('link', { name: 'Clear filters' }).click();
  await expect(page).toHaveTitle('Competitions – Mini Compete');
  await expect(heading).toHaveText('Competitions');
});

test('a choice from a list acts at once and keeps the focus', { tag: '@js' }, async ({ page, api }) => {
  const title = unique('Choice');
  await api.competition({ title });
  await open(page, `/competitions?search=${encodeURIComponent(title)}&tags=chess`);
  await hydrated(page);

  await page.getByLabel('Status').focus();
  await page.getByLabel('Status').selectOption('Registration closed');

  await expect(found(page)).toHaveText('No competitions found');
  expect(asked(page)).toEqual({ search: title, tags: 'chess', status: 'closed' });
  await expect(page.getByLabel('Status')).toBeFocused();
});

test('the list is filtered by place and by day', async ({ page, api }) => {
  const word = unique('Place');
  const owner = await api.organizer();
  const competition = (title: string, start: number, facts: object) =>
    api.competition({ owner, title: `${title} ${word}`, deadline: 1, start, facts });
  await competition('Hall', 5, { venueName: 'Hall' });
  await competition('Link', 7, { onlineUrl: 'https://meet.example/' });
  await competition('Nowhere', 9, {});
  await open(page, `/competitions?search=${encodeURIComponent(word)}&sort=start`);
  await expect(titles(page)).toHaveText([`Hall ${word}`, `Link ${word}`, `Nowhere ${word}`]);

  await page.getByText('Date and place').click();
  await choose(page, 'Where', 'Online', 'Apply');
  await expect(titles(page)).toHaveText([`Link ${word}`]);

  await choose(page, 'Where', 'Anywhere', 'Apply');
  await expect(titles(page)).toHaveCount(3);
  await hydrated(page);
  if (!(await page.getByLabel('Starts from').isVisible())) await page.getByText('Date and place').click();
  await page.getByLabel('Starts from').fill(dayIn(4));
  await page.getByLabel('Starts until').fill(dayIn(8));
  await page.getByRole('button', { name: 'Apply' }).click();

  await expect(titles(page)).toHaveText([`Hall ${word}`, `Link ${word}`]);
  expect(asked(page)).toMatchObject({ search: word, sort: 'start', startsFrom: dayIn(4), startsUntil: dayIn(8) });
  await expect(page.getByLabel('Starts from')).toHaveValue(dayIn(4));
  await hydrated(page);
  await page.getByRole('link', { name: 'Clear filters' }).click();
  await expect(page).toHaveURL('/competitions');
  await expect(page.getByLabel('Starts from')).toHaveValue('');
});

test.describe('with days in the wrong order', () => {
  test.use({ expectedStatuses: [400] });

  test('the list says what is wrong', async ({ page }) => {
    await open(page, '/competitions?startsFrom=2030-01-02&startsUntil=2030-01-01');

    await expect(page.getByRole('alert')).toContainText('The last day must not be before the first');
  });
});

test('a card has three tags and the number of the others, and says that the viewer is registered', async ({ page, api }) => {
  const title = unique('Marker');
  const competition = await api.competition({ title, tags: ['a1', 'b2', 'c3', 'd4', 'e5'] });
  const address = `/competitions?search=${encodeURIComponent(title)}`;
  const participant = await api.participant();
  await api.register(participant, competition);
  const card = page.getByRole('article');

  await open(page, address);
  await expect(card.getByRole('list', { name: 'Tags' }).getByRole('listitem')).toHaveText(['a1', 'b2', 'c3', '+2 more tags']);
  await expect(card).not.toContainText('You are registered');

  await logInAs(page, participant);
  await open(page, address);
  await expect(card).toContainText('You are registered');
});

test('a card counts the seats only when few are left', async ({ page, api }) => {
  const word = unique('Scarce');
  const owner = await api.organizer();
  await api.competition({ owner, title: `Many ${word}`, seats: 40 });
  const one = await api.competition({ owner, title: `One ${word}`, seats: 1 });
  await open(page, `/competitions?search=${encodeURIComponent(word)}`);
  await expect(page.getByRole('article').filter({ hasText: 'Many' })).not.toContainText('seats left');

  await api.register(await api.participant(), one);
  await open(page, `/competitions?search=${encodeURIComponent(word)}`);
  await expect(page.getByRole('article').filter({ hasText: 'One' })).toContainText('0 of 1 seat left');
});

test('a ticket has links to calendars on the web', async ({ page, api }) => {
  const participant = await api.participant();
  const competition = await api.competition({ start: 14 });
  await api.register(participant, competition);
  await logInAs(page, participant);

  await open(page, '/dashboard');

  for (const [name, site] of [['Google', 'https://calendar.google.com/'], ['Outlook', 'https://outlook.live.com/']]) {
    const link = page.getByRole('link', { name: `${name} Calendar: add ${competition.title}` });
    expect(await link.getAttribute('href')).toContain(site);
  }
});
