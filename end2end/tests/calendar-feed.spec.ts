import ICAL from 'ical.js';
import { makeAddress, newAddress } from '../support/calendar-feed.ts';
import { expect, hydrated, open, test } from '../support/fixtures.ts';
import { logInAs } from '../support/session.ts';
import { toast } from '../support/toasts.ts';
import { unique } from '../support/unique.ts';

test.use({ expectedStatuses: [404] });

test('a calendar reads the registrations at a secret address until it is renewed', { tag: '@core' }, async ({ page, api, request }) => {
  const participant = await api.participant();
  const title = unique('Chess, Go; 🏆 \\ "Open" and a title so long that its line is folded');
  const competition = await api.competition({ title, start: 14, facts: { venueName: 'Hall; 2', venueAddress: 'Berlin' } });
  const registration = await api.register(participant, competition);
  await logInAs(page, participant);
  await open(page, '/account');
  await page.getByRole('link', { name: 'Manage calendar feed' }).click();
  await expect(page.getByRole('heading', { name: 'Calendar feed', level: 1 })).toBeVisible();

  const url = await makeAddress(page, 'Make address');
  await expect(page).toHaveURL('/account/calendar');
  const webcal = url.replace(/^https?:/, 'webcal:');
  const link = (name: string) => page.getByRole('link', { name });
  await expect(link('Open in your calendar app')).toHaveAttribute('href', webcal);
  const google = await link('Add to Google Calendar').getAttribute('href');
  expect(new URL(google ?? '').searchParams.get('cid')).toBe(webcal);
  const outlook = await link('Add to Outlook').getAttribute('href');
  expect(new URL(outlook ?? '').searchParams.get('url')).toBe(url);

  const { pathname } = new URL(url);
  const read = await request.get(pathname);
  expect(read.headers()['content-type']).toBe('text/calendar; charset=utf-8');
  const calendar = new ICAL.Component(ICAL.parse(await read.text()) as unknown[]);
  expect(calendar.getFirstPropertyValue('method')).toBeNull();
  expect(calendar.getFirstPropertyValue('name')).toBe('Mini Compete');
  const [event, ...others] = calendar.getAllSubcomponents('vevent').map((component) => new ICAL.Event(component));
  expect(others).toEqual([]);
  expect(event?.summary).toBe(title);
  expect(event?.location).toBe('Hall; 2, Berlin');
  expect(event?.uid).toMatch(new RegExp(`^${registration.id}@`));
  // Calendars count whole seconds.
  const seconds = (date: Date) => Math.floor(date.getTime() / 1000);
  expect(seconds(event?.startDate.toJSDate() ?? new Date(0))).toBe(seconds(new Date(competition.startDate ?? '')));
  expect(event?.duration.toSeconds()).toBe(60 * 60);

  const reloaded = await open(page, '/account/calendar');
  expect(reloaded?.headers()['cache-control']).toContain('no-store');
  await expect(page.getByText('Last read by a calendar')).toBeVisible();
  await expect(newAddress(page)).toHaveCount(0);
  expect(await page.content()).not.toContain(pathname);

  const renewed = await makeAddress(page, 'Renew address');
  expect(renewed).not.toBe(url);
  expect((await request.get(pathname)).status()).toBe(404);
  expect((await request.get(new URL(renewed).pathname)).status()).toBe(200);
});

test('a feed is removed after a question', async ({ page, api, request }) => {
  await logInAs(page, await api.organizer());
  await open(page, '/account/calendar');
  const { pathname } = new URL(await makeAddress(page, 'Make address'));
  await page.getByRole('link', { name: 'Remove feed' }).click();
  await expect(page.getByRole('heading', { name: 'Remove your calendar feed?' })).toBeVisible();
  await hydrated(page);
  await page.getByRole('button', { name: 'Remove feed' }).click();
  await expect(page).toHaveURL('/account/calendar');
  await expect(toast(page, 'The calendar feed is removed')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Make address' })).toBeVisible();
  expect((await request.get(pathname)).status()).toBe(404);
});

test('a new address takes the focus and can be copied', { tag: '@js' }, async ({ page, context, api }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await logInAs(page, await api.participant());
  await open(page, '/account/calendar');
  const url = await makeAddress(page, 'Make address');
  await expect(page.getByRole('status').filter({ has: newAddress(page) })).toBeFocused();
  await page.getByRole('button', { name: 'Copy address' }).click();
  await expect(page.getByText('Address copied')).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(url);
});

test('a ticket leads to the calendar feed', async ({ page, api }) => {
  const participant = await api.participant();
  await api.register(participant, await api.competition({ start: 14 }));
  await logInAs(page, participant);
  await open(page, '/dashboard');
  await page.getByRole('link', { name: 'Show all your competitions in your calendar' }).click();
  await expect(page).toHaveURL('/account/calendar');
});
