import type { Page } from '@playwright/test';
import { expect, hydrated, open, test } from '../support/fixtures.ts';
import { unique } from '../support/unique.ts';

const titles = (page: Page) => page.getByRole('main').getByRole('heading', { level: 3 });
const found = (page: Page) => page.getByRole('main').getByRole('status');
/** The query of the address. */
const asked = (page: Page) => Object.fromEntries(new URL(page.url()).searchParams);

async function search(page: Page, words: string): Promise<void> {
  await hydrated(page);
  await page.getByLabel('Search').fill(words);
  await page.getByRole('button', { name: 'Search' }).click();
}

test('a search finds words of the title and of the description, in any case', async ({ page, api }) => {
  const word = unique('Quokka');
  await api.competition({ title: `${word} Cup` });
  await api.competition({ title: unique('Other'), description: `With a ${word} in it.` });
  await open(page, '/competitions');

  await search(page, word.toUpperCase());

  await expect(found(page)).toHaveText('2 competitions found');
  await expect(page.getByRole('link', { name: `${word} Cup` })).toBeVisible();
  expect(asked(page)).toMatchObject({ search: word.toUpperCase() });
  await expect(page.getByLabel('Search')).toHaveValue(word.toUpperCase());
});

test('a search finds words in any order, with a mistake, and the best match first', async ({ page, api }) => {
  const word = unique('Weekend').split(' ')[1];
  const owner = await api.organizer();
  await api.competition({ owner, title: `Régates ${word}` });
  await api.competition({ owner, title: 'A picnic', description: `Beside the regatta and the regates ${word}` });
  await open(page, '/competitions');

  await search(page, `${word} regatse`);

  await expect(titles(page)).toHaveText([`Régates ${word}`, 'A picnic']);
  await expect(page.getByLabel('Sort by')).toHaveValue('');
  await expect(page.getByLabel('Sort by').getByRole('option').first()).toHaveText('Best match');
});

test('the address of a search shows its results', async ({ page, api }) => {
  const { title } = await api.competition();

  await open(page, `/competitions?search=${encodeURIComponent(title)}`);

  await expect(titles(page)).toHaveText([title]);
  await expect(page.getByLabel('Search')).toHaveValue(title);
});

test('the list is filtered by any of the selected tags, and each can be removed', async ({ page, api }) => {
  const [chess, go] = [unique('chess'), unique('go')];
  const [first, second] = [unique('First'), unique('Second')];
  await api.competition({ title: first, tags: [chess] });
  await api.competition({ title: second, tags: [go] });
  const filters = page.getByRole('navigation', { name: 'Tags' });

  await open(page, `/competitions?search=${encodeURIComponent(first)}`);
  await page.getByRole('main').getByRole('list', { name: 'Tags' }).getByRole('link', { name: chess }).click();
  await expect(titles(page)).toHaveText([first]);
  expect(asked(page)).toEqual({ tags: chess });

  await open(page, `/competitions?tags=${encodeURIComponent(`${chess},${go}`)}`);
  await expect(titles(page)).toHaveText([second, first]);
  await filters.getByRole('link', { name: `Remove filter: ${chess}` }).click();
  await expect(titles(page)).toHaveText([second]);
  expect(asked(page)).toEqual({ tags: go });
});

test('the focus stays on the tag that was clicked', { tag: '@js' }, async ({ page, api }) => {
  const filters = page.getByRole('navigation', { name: 'Tags' });
  const tag = unique('popular');
  const owner = await api.organizer();
  // More than any other test creates with one tag, so that it stays among the popular ones.
  for (let made = 0; made < 8; made += 1) await api.competition({ owner, tags: [tag] });
  await open(page, '/competitions');

  await filters.getByRole('link', { name: `Filter by: ${tag}` }).press('Enter');

  await expect(filters.getByRole('link', { name: `Remove filter: ${tag}` })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(filters.getByRole('link', { name: `Filter by: ${tag}` })).toBeFocused();
});

test('the list of tags is focused when the removed tag is gone', { tag: '@js' }, async ({ page, api }) => {
  const filters = page.getByRole('navigation', { name: 'Tags' });
  // A tag of one competition, which sorts after those of the demo data, is never among the popular ones.
  const tag = unique('zebra');
  await api.competition({ tags: [tag] });
  await open(page, `/competitions?tags=${encodeURIComponent(tag)}`);

  await filters.getByRole('link', { name: `Remove filter: ${tag}` }).press('Enter');

  await expect(page).toHaveURL('/competitions');
  await expect(filters).toBeFocused();
});

test('a search keeps the tags, and one link clears all filters', async ({ page, api }) => {
  const tag = unique('chess');
  const [wanted, other] = [unique('Wanted'), unique('Other')];
  await api.competition({ title: wanted, tags: [tag] });
  await api.competition({ title: other, tags: [tag] });
  await open(page, `/competitions?tags=${encodeURIComponent(tag)}`);
  await expect(found(page)).toHaveText('2 competitions found');

  await search(page, wanted);
  await expect(titles(page)).toHaveText([wanted]);
  expect(asked(page)).toMatchObject({ search: wanted, tags: tag });

  await hydrated(page);
  await page.getByRole('link', { name: 'Clear filters' }).click();
  await expect(page).toHaveURL('/competitions');
  await expect(page.getByLabel('Search')).toHaveValue('');
});

test('the list is sorted by the chosen order', async ({ page, api }) => {
  const word = unique('Sorted');
  const owner = await api.organizer();
  const [b, c, a] = [`B ${word}`, `C ${word}`, `A ${word}`];
  await api.competition({ owner, title: b, deadline: 3, start: 9 });
  await api.competition({ owner, title: c, deadline: 1, start: 8 });
  await api.competition({ owner, title: a, deadline: 2 });
  await open(page, `/competitions?search=${encodeURIComponent(word)}`);
  await expect(titles(page)).toHaveText([a, c, b]);

  for (const [label, sort, order] of [
    ['Closing soonest', 'deadline', [c, a, b]],
    ['Starting soonest', 'start', [c, b, a]],
    ['Title, A to Z', 'title', [a, b, c]],
    ['Newest first', 'newest', [a, c, b]],
  ] as const) {
    await hydrated(page);
    await page.getByLabel('Sort by').selectOption(label);
    await page.getByRole('button', { name: 'Search' }).click();
    await expect(titles(page)).toHaveText([...order]);
    expect(asked(page)).toMatchObject({ search: word, sort });
  }
});

test('a long list has numbered pages', async ({ page, api }) => {
  const word = unique('Series');
  const owner = await api.organizer();
  for (let number = 1; number <= 13; number++) {
    await api.competition({ owner, title: `${word} ${number}` });
  }
  const pages = page.getByRole('navigation', { name: 'Pages' });

  await open(page, `/competitions?search=${encodeURIComponent(word)}`);
  await expect(found(page)).toHaveText('13 competitions found, page 1 of 2');
  await expect(titles(page)).toHaveCount(12);
  await expect(pages.getByRole('link', { name: 'Page 1' })).toHaveAttribute('aria-current', 'page');

  await pages.getByRole('link', { name: 'Next' }).click();
  await expect(found(page)).toHaveText('13 competitions found, page 2 of 2');
  await expect(titles(page)).toHaveText([`${word} 1`]);
  expect(asked(page)).toEqual({ search: word, page: '2' });

  await hydrated(page);
  await pages.getByRole('link', { name: 'Page 1' }).click();
  await expect(titles(page)).toHaveCount(12);
});

test('the back button repeats earlier searches', async ({ page, api }) => {
  const { title } = await api.competition();
  await open(page, '/competitions');
  await search(page, unique('Nothing'));
  await expect(found(page)).toHaveText('No competitions found');
  await search(page, title);
  await expect(titles(page)).toHaveText([title]);

  await page.goBack();

  await expect(found(page)).toHaveText('No competitions found');
});

test('no match and a page after the last one have different texts', async ({ page, api }) => {
  const { title } = await api.competition();

  await open(page, `/competitions?search=${encodeURIComponent(unique('Nothing'))}`);
  await expect(found(page)).toHaveText('No competitions found');
  await expect(page.getByText('No competitions match your search')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Show open competitions' })).toBeVisible();

  await open(page, `/competitions?search=${encodeURIComponent(title)}&page=9`);
  await expect(page.getByText('Page not found')).toBeVisible();
});

test.describe('impossible', () => {
  test.use({ expectedStatuses: [400] });

  test('an unknown order is refused with a link to all competitions', async ({ page }) => {
    const response = await open(page, '/competitions?sort=best');

    expect(response?.status()).toBe(400);
    await expect(page.getByRole('alert')).toContainText('Sort must be newest, deadline, start, title or relevance');
    await page.getByRole('link', { name: 'Show open competitions' }).click();
    await expect(titles(page).first()).toBeVisible();
  });
});

test('the back button restores the scroll position of a list', { tag: '@js' }, async ({ page, api }) => {
  const word = unique('Far');
  const owner = await api.organizer();
  for (let number = 1; number <= 12; number += 1) await api.competition({ owner, title: `${word} ${number}` });
  const scrolled = () => page.evaluate(() => Math.round(window.scrollY));
  await open(page, `/competitions?search=${encodeURIComponent(word)}`);
  const lowest = page.getByRole('link', { name: `${word} 1`, exact: true });
  await lowest.scrollIntoViewIfNeeded();
  const left = await scrolled();
  expect(left).toBeGreaterThan(400);

  await lowest.click();
  await expect(page.getByRole('heading', { level: 1, name: `${word} 1`, exact: true })).toBeFocused();
  expect(await scrolled()).toBe(0);
  await page.goBack();

  await expect(lowest).toBeVisible();
  await expect.poll(scrolled).toBe(left);
  await page.goForward();
  await expect(page.getByRole('heading', { level: 1, name: `${word} 1`, exact: true })).toBeFocused();
  await expect.poll(scrolled).toBe(0);
});
