import type { Page } from '@playwright/test';
import { expect, javaScriptOn, open, test } from '../support/fixtures.ts';
import { layoutShift } from '../support/layout.ts';
import { logInAs } from '../support/session.ts';

// Browsers have different names for time zones.
const NEW_YORK = /(EST|EDT|GMT−[45])$/;
const TOKYO = /JST$/;
const UTC = /UTC$/;

test.use({ timezoneId: 'America/New_York' });

test('the times of an event are in its zone, and in that of the viewer as well', async ({ page, api }) => {
  const competition = await api.competition({ zone: 'Asia/Tokyo', deadline: 3 });
  const registration = page.getByRole('complementary', { name: 'Registration' });

  await open(page, `/competitions/${competition.id}`);

  await expect(registration.getByText(/^\w{3} \d+ \w{3} \d{4}, \d\d:\d\d JST$/)).toBeVisible();
  if (javaScriptOn()) {
    await expect(registration.getByText(/^Your time: .*\d\d:\d\d (EST|EDT|GMT−[45])$/)).toBeVisible();
    await expect(registration.getByText(/^Closes in (2|3) days$/)).toBeVisible();
  }
});

test('times are in the time zone that the user has chosen', async ({ page, api }) => {
  const [participant, organizer] = await Promise.all([api.participant(), api.organizer()]);
  const competition = await api.competition({ owner: organizer, zone: 'Europe/Berlin', start: 20 });
  await api.register(participant, competition);
  await expect.poll(() => api.mailOf(participant)).toHaveLength(1);
  await api.choose(participant, { timeZone: 'Asia/Tokyo' });
  await api.choose(organizer, { timeZone: 'Asia/Tokyo' });

  await logInAs(page, participant);
  await open(page, '/mailbox');
  await expect(times(page)).toHaveText([TOKYO]);
  await open(page, '/dashboard');
  await expect(times(page)).toHaveText([/CES?T$/]);
  await expect(page.getByRole('article')).toContainText(/Your time: .* JST/);
  await open(page, `/competitions/${competition.id}`);
  await expect(page.getByText(/^Your time: .* JST$/)).toHaveCount(2);

  await logInAs(page, organizer);
  await open(page, `/competitions/${competition.id}/manage/participants`);
  await expect(times(page)).toHaveText([TOKYO]);
  await open(page, '/dashboard');
  await expect(page.getByRole('article')).toContainText(/Your time: .* JST/);
  await open(page, '/competitions/create');
  await expect(page.getByLabel('Time zone')).toHaveValue('Asia/Tokyo');
});

test('without a chosen time zone, times are in that of the browser, or in UTC without JavaScript', async ({ page, api }) => {
  const [participant, organizer] = await Promise.all([api.participant(), api.organizer()]);
  const competition = await api.competition({ owner: organizer, zone: 'Europe/Berlin', start: 20 });
  await api.register(participant, competition);
  await expect.poll(() => api.mailOf(participant)).toHaveLength(1);
  const here = javaScriptOn() ? NEW_YORK : UTC;

  await logInAs(page, participant);
  await open(page, '/mailbox');
  await expect(times(page)).toHaveText([here]);
  await staysWhereItIs(page);
  await open(page, '/dashboard');
  await expect(times(page)).toHaveText([/CES?T$/]);
  await staysWhereItIs(page);

  await logInAs(page, organizer);
  await open(page, `/competitions/${competition.id}/manage/participants`);
  await expect(times(page)).toHaveText([here]);
  await staysWhereItIs(page);
  await open(page, '/competitions/create');
  await expect(page.getByLabel('Time zone')).toHaveValue(javaScriptOn() ? 'America/New_York' : 'UTC');
  await staysWhereItIs(page);
});

function times(page: Page) {
  return page.getByRole('main').locator('time');
}

async function staysWhereItIs(page: Page): Promise<void> {
  if (javaScriptOn()) expect(await layoutShift(page)).toBeLessThanOrEqual(0.02);
}
