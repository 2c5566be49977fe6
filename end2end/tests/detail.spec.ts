import { PASSWORD } from '../support/api.ts';
import { expect, hydrated, open, test } from '../support/fixtures.ts';
import { errorSummary } from '../support/forms.ts';
import { registration } from '../support/panel.ts';
import { logIn, logInAs } from '../support/session.ts';
import { unique } from '../support/unique.ts';

test('the page shows seats as others register and cancel', { tag: '@js' }, async ({ page, api }) => {
  const [competition, early, late] = await Promise.all([
    api.competition({ seats: 2 }),
    api.participant(),
    api.participant(),
  ]);
  await open(page, `/competitions/${competition.id}`);
  await expect(page.getByText('2 of 2 seats left')).toBeVisible();

  await api.register(early, competition);
  await expect(page.getByText('1 of 2 seats left')).toBeVisible();
  await expect(registration(page).getByRole('meter')).toHaveAttribute('value', '1');

  await api.register(late, competition);
  await expect(page.getByText('0 of 2 seats left')).toBeVisible();
  await expect(page.getByText('This competition is full')).toBeVisible();
  await expect(page.getByRole('status').filter({ hasText: 'No seats are left.' })).toBeAttached();

  await api.cancelRegistration(early, competition);
  await expect(page.getByText('1 of 2 seats left')).toBeVisible();
  await expect(registration(page).getByRole('link', { name: 'Log in to register' })).toBeVisible();
});

test('the page shows that the competition is cancelled', { tag: '@js' }, async ({ page, api }) => {
  const owner = await api.organizer();
  const competition = await api.competition({ owner });
  await open(page, `/competitions/${competition.id}`);
  await expect(registration(page).getByText(/^Closes in/)).toBeVisible();

  await api.cancel(owner, competition);

  await expect(registration(page).getByText('This competition was cancelled')).toBeVisible();
  await expect(page.getByRole('main').getByText('Cancelled', { exact: true })).toBeVisible();
  await expect(registration(page).getByText(/^Closes in/)).toBeHidden();
  await expect(registration(page).getByRole('link', { name: 'Log in to register' })).toBeHidden();
  await expect(page.getByRole('status').filter({ hasText: 'This competition was cancelled.' })).toBeAttached();
});

test('a registration from another tab counts as success', async ({ page, api }) => {
  const [participant, competition] = await Promise.all([api.participant(), api.competition()]);
  await logInAs(page, participant);
  await open(page, `/competitions/${competition.id}`);
  // As another tab does. A change of the seats alone does not reload the page.
  await api.register(participant, competition);

  await page.getByRole('button', { name: 'Register' }).click();

  await expect(page.getByText('You are registered')).toBeVisible();
  await expect(errorSummary(page)).toBeHidden();
  expect(await api.find(competition)).toMatchObject({ seatsLeft: competition.capacity - 1 });
});

test('the event stream ends when the user leaves the page', { tag: '@js' }, async ({ page, api }) => {
  const competition = await api.competition();
  await open(page, `/competitions/${competition.id}`);
  const watching = page.waitForEvent('requestfinished', (request) => request.url().endsWith('/events'));
  const failed = page.waitForEvent('requestfailed', (request) => request.url().endsWith('/events'));

  await page.getByRole('banner').getByRole('link', { name: 'Competitions', exact: true }).click();

  await expect(page.getByRole('heading', { level: 1, name: 'Competitions' })).toBeVisible();
  await Promise.any([watching, failed]);
});

test('the page says when registration opens', async ({ page, api }) => {
  const [participant, competition] = await Promise.all([api.participant(), api.competition({ opens: 2 })]);
  await logInAs(page, participant);

  await open(page, `/competitions/${competition.id}`);

  await expect(page.getByText('Registration is not open yet')).toBeVisible();
  await expect(registration(page).getByText('Registration opens', { exact: true })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Register' })).toBeHidden();
});

test('only its organizer is offered to edit and to manage a competition', async ({ page, api }) => {
  const [owner, other] = await Promise.all([api.organizer(), api.organizer()]);
  const competition = await api.competition({ owner });

  await logInAs(page, owner);
  await open(page, `/competitions/${competition.id}`);
  await expect(registration(page).getByRole('link', { name: 'Edit' })).toBeVisible();
  await expect(registration(page).getByRole('link', { name: 'Manage' })).toBeVisible();

  await logInAs(page, other);
  await open(page, `/competitions/${competition.id}`);
  await expect(page.getByRole('link', { name: 'Add the participant role' })).toBeVisible();
  await expect(registration(page).getByRole('link', { name: 'Edit' })).toBeHidden();
});

test('the calendar file is that of the competition, or of the registration', async ({ page, api }) => {
  const participant = await api.participant();
  const competition = await api.competition({ start: 14 });
  const file = async () => {
    const path = await page.getByRole('link', { name: 'Add to calendar' }).getAttribute('href');
    const answer = await page.request.get(path ?? '');
    expect(answer.headers()['content-type']).toBe('text/calendar; charset=utf-8');
    return answer.text();
  };

  await open(page, `/competitions/${competition.id}`);
  expect(await file()).toContain(`UID:${competition.id}@`);

  const { id } = await api.register(participant, competition);
  await logInAs(page, participant);
  await open(page, `/competitions/${competition.id}`);
  expect(await file()).toContain(`UID:${id}@`);
});

test('a page has the metadata for previews on other sites', async ({ page, api, baseURL }) => {
  const competition = await api.competition({ description: '**Seven** rounds.' });

  await open(page, `/competitions/${competition.id}`);

  const url = `${baseURL}/competitions/${competition.id}`;
  const said = (name: string) => page.locator(`meta[property="og:${name}"]`);
  await expect(page.locator('link[rel=canonical]')).toHaveAttribute('href', url);
  await expect(said('url')).toHaveAttribute('content', url);
  await expect(said('title')).toHaveAttribute('content', competition.title);
  await expect(said('description')).toHaveAttribute('content', 'Seven rounds.');
  const picture = await said('image').getAttribute('content');
  expect(picture).toMatch(`${baseURL}/media/social/${competition.id}.jpg?v=`);
  expect((await page.request.get(picture ?? '')).headers()['content-type']).toBe('image/jpeg');
  await expect(page.getByRole('link', { name: 'Link to this page' })).toHaveAttribute('href', url);
});

test('the button copies the link', { tag: '@js' }, async ({ page, context, api, baseURL }) => {
  const competition = await api.competition();
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await open(page, `/competitions/${competition.id}`);

  await page.getByRole('button', { name: 'Copy link' }).click();

  await expect(page.getByText('Link copied')).toBeVisible();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toBe(`${baseURL}/competitions/${competition.id}`);
});

test('the bar at the bottom of a narrow page registers', { tag: '@phone' }, async ({ page, api }) => {
  const { id } = await api.competition();
  await logInAs(page, await api.participant());
  await page.setViewportSize({ width: 390, height: 700 });
  await open(page, `/competitions/${id}`);

  await page.locator('.reach-bar').getByRole('button', { name: 'Register' }).click();

  await expect(registration(page).getByText('You are registered')).toBeInViewport();
  await expect(page.locator('.reach-bar')).toHaveCount(0);
});

test('the bar at the bottom of a narrow page leads a visitor to the login, and back', { tag: '@phone' }, async ({
  page,
  api,
}) => {
  const { id } = await api.competition();
  const participant = await api.participant();
  await page.setViewportSize({ width: 390, height: 700 });
  await open(page, `/competitions/${id}`);

  await page.locator('.reach-bar').getByRole('link', { name: 'Log in to register' }).click();
  await logIn(page, participant.email, PASSWORD);

  await expect(page).toHaveURL(new RegExp(`/competitions/${id}$`));
  await expect(page.locator('.reach-bar').getByRole('button', { name: 'Register' })).toBeVisible();
});

test('a toast on a narrow page does not cover the panel', { tag: '@js' }, async ({ page, api }) => {
  const owner = await api.organizer();
  const { id } = await api.competition({ owner });
  await logInAs(page, owner);
  await page.setViewportSize({ width: 390, height: 700 });
  await open(page, `/competitions/${id}/edit`);
  await hydrated(page);
  await page.getByLabel('Title').fill(unique('Renamed'));
  await page.getByRole('button', { name: 'Save changes' }).click();
  const shown = page.locator('.toast-card');
  await expect(shown).toBeVisible();

  await registration(page).evaluate((panel) => panel.scrollIntoView());

  const bottom = await shown.evaluate((toast) => toast.getBoundingClientRect().bottom);
  const top = await registration(page).evaluate((panel) => panel.getBoundingClientRect().top);
  expect(bottom).toBeLessThanOrEqual(top);
});
