import { expect, open, test } from '../support/fixtures.ts';

const HOSTILE = [
  '<script>window.hacked = true</script>',
  '<img src=x onerror="window.hacked = true">',
  '<a href="javascript:window.hacked = true">click</a>',
  '[click](javascript:window.hacked=true)',
  '[click](java&Tab;script:window.hacked=true)',
  '![pic](https://tracker.example/pixel.png)',
  '</div></article><h1>Another page</h1>',
].join('\n\n');

test('Markdown is rendered below the heading of the page', async ({ page, api }) => {
  const competition = await api.competition({
    description: '# Rules\n\nSeven **rounds**.\n\n### Prizes\n\n- a cup\n- a book\n\n| Round | Minutes |\n|---|---|\n| 1 | 90 |\n\n[Venue](https://venue.example/)',
  });

  await open(page, `/competitions/${competition.id}`);

  await expect(page.getByRole('heading', { level: 1 })).toHaveText([competition.title]);
  await expect(page.getByRole('heading', { level: 2, name: 'Rules' })).toBeVisible();
  await expect(page.getByRole('heading', { level: 3, name: 'Prizes' })).toBeVisible();
  await expect(page.locator('strong')).toHaveText('rounds');
  await expect(page.getByRole('listitem').filter({ hasText: 'a cup' })).toBeVisible();
  await expect(page.getByRole('cell', { name: '90' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Venue' })).toHaveAttribute('rel', 'external nofollow noopener ugc');
});

test('a hostile description runs no script, loads nothing and stays in its element', async ({ page, api }) => {
  const competition = await api.competition({ description: HOSTILE });
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).host));

  await open(page, `/competitions/${competition.id}`);

  await expect(page.getByText('<script>window.hacked = true</script>')).toBeVisible();
  await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
  await expect(page.getByRole('link', { name: 'Image: pic' })).toBeVisible();
  await expect(page.locator('.markdown img')).toHaveCount(0);
  for (const link of await page.getByText('click', { exact: true }).all()) {
    await expect(link).not.toHaveAttribute('href', /^\s*javascript:/i);
  }
  expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
  expect(new Set(asked).size).toBe(1);
});

test('in a list a description is plain text', async ({ page, api }) => {
  const competition = await api.competition({ description: '# Rules\n\nSeven **rounds** of [chess](https://chess.example/).' });

  await open(page, `/competitions?search=${encodeURIComponent(competition.title)}`);

  await expect(page.getByText('Rules Seven rounds of chess.')).toBeVisible();
});
