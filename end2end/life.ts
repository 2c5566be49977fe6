import { mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test, type Browser, type Page } from '@playwright/test';
import sharp from 'sharp';
import { Api, type Person } from './support/api.ts';
import { picture } from './support/picture.ts';
import { logInAs } from './support/session.ts';

const FOLDER = fileURLToPath(new URL('../docs/life/', import.meta.url));
const LOOKS = [
  { name: 'desktop', viewport: { width: 1280, height: 800 } },
  { name: 'phone', viewport: { width: 390, height: 844 } },
] as const;

test('pictures of the life of a competition, from draft to over', async ({ browser, request, baseURL }) => {
  test.setTimeout(10 * 60_000); // ms
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  const api = new Api(request);
  const people = await Promise.all([
    api.organizer('Olga Bauer'),
    api.participant('Mara Lindqvist'),
    api.participant('Jonas Weber'),
    api.participant('Amélie Laurent'),
    api.participant('Piotr Nowak'),
  ]);
  const [olga, mara, jonas, amelie, piotr] = people;
  const album = new Album(browser, baseURL ?? '');

  const competition = await api.competition({
    owner: olga,
    title: 'Autumn Chess Open',
    description: 'Seven rounds of **Swiss chess**, fifteen minutes each.\n\nSets and clocks are there.',
    tags: ['chess', 'board-games', 'beginners'],
    seats: 2,
    waitlist: 5,
    start: 14,
    visibility: 'DRAFT',
    facts: {
      summary: 'Seven rounds in one day, and soup at noon.',
      venueName: 'Haus der Jugend',
      venueAddress: 'Horner Weg 2, 20535 Hamburg',
      schedule: '| Time | Round |\n|---|---|\n| 09:00 | 1 to 3 |\n| 13:00 | 4 to 7 |',
    },
  });
  const page = `/competitions/${competition.id}`;
  await album.take('draft-form', `${page}/edit`, olga);
  await album.take('draft-overview', `${page}/manage`, olga);
  await api.setCover(olga, competition, (await picture()).buffer, 'A board');
  await album.take('draft-cover', `${page}/cover`, olga);
  await api.ask(olga, competition, [
    { kind: 'ONE_OF', label: 'Which soup?', options: ['Tomato', 'Lentil'], required: true },
  ]);
  await album.take('draft-questions', `${page}/questions`, olga);
  await album.take('draft-preview', page, olga);

  const open = await api.edit(olga, competition, { visibility: 'PUBLIC' });
  await album.take('open', page);
  await album.take('open-to-a-participant', page, mara);
  await album.take('register', `${page}/register`, mara);
  await api.register(mara, open, ['Tomato']);
  await album.take('registered', page, mara);
  await album.take('registered-dashboard', '/dashboard', mara);

  await api.register(jonas, open, ['Lentil']);
  await album.take('full', page, amelie);
  await api.register(amelie, open, ['Lentil']);
  await api.register(piotr, open, ['Tomato']);
  await album.take('in-line', page, piotr);
  await album.take('manage-overview', `${page}/manage`, olga);
  await album.take('manage-participants', `${page}/manage/participants`, olga);
  await album.take('manage-waiting-list', `${page}/manage/waiting-list`, olga);

  await album.take('cancel-registration', `${page}/cancel-registration`, jonas);
  await api.cancelRegistration(jonas, open);
  await album.take('moved-up', page, amelie);
  await expect.poll(async () => (await api.mailOf(amelie))[0]?.subject).toContain('Registration Confirmed');
  await album.take('moved-up-mail', '/mailbox', amelie);

  await api.edit(olga, open, { regDeadline: soon(3), startDate: soon(3600) });
  await expect.poll(() => isPast(soonest)).toBe(true);
  await album.take('closed', page, mara);
  await album.take('check-in-list', `${page}/manage/check-in-list`, olga);
  await api.edit(olga, open, { startDate: soon(3) });
  await expect.poll(() => isPast(soonest)).toBe(true);
  await album.take('over', page, mara);
  await album.take('over-manage', `${page}/manage`, olga);
  await album.take('over-dashboard', '/dashboard', mara);
});

/** The last time that was set. */
let soonest = new Date();

/** A time in some seconds, as RFC 3339. */
function soon(seconds: number): string {
  const at = new Date(Date.now() + seconds * 1000); // ms
  if (seconds < 60) soonest = at;
  return at.toISOString();
}

function isPast(at: Date): boolean {
  return at.getTime() < Date.now();
}

/** Numbers the pictures, and takes each on a desktop and on a phone. */
class Album {
  private number = 0;
  private readonly pages = new Map<string, Page>();

  constructor(
    private readonly browser: Browser,
    private readonly baseURL: string,
  ) {}

  async take(name: string, path: string, viewer?: Person): Promise<void> {
    this.number += 1;
    const number = String(this.number).padStart(2, '0');
    for (const look of LOOKS) {
      const page = await this.page(look, viewer);
      await page.goto(path);
      await page.locator('html[data-hydrated]').waitFor({ state: 'attached' });
      await page.evaluate(() => document.fonts.ready);
      const file = `${FOLDER}${number}-${name}-${look.name}.png`;
      await sharp(await page.screenshot()).png({ palette: true, compressionLevel: 9, effort: 10 }).toFile(file);
    }
  }

  private async page(look: (typeof LOOKS)[number], viewer?: Person): Promise<Page> {
    const key = `${look.name} ${viewer?.id}`;
    const known = this.pages.get(key);
    if (known) return known;
    const { viewport } = look;
    const context = await this.browser.newContext({ viewport, baseURL: this.baseURL, reducedMotion: 'reduce' });
    const page = await context.newPage();
    if (viewer) await logInAs(page, viewer);
    this.pages.set(key, page);
    return page;
  }
}
