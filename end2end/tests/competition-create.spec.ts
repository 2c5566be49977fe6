import { expectAccessible } from '../support/accessibility.ts';
import { expect, hydrated, hydrates, javaScriptOn, open, test } from '../support/fixtures.ts';
import {
  competitionFields,
  createCompetition,
  errorSummary,
  expectCompetitionFields,
  expectFaultAt,
  expectFaults,
  fillCompetition,
} from '../support/forms.ts';
import { postForm, logInAs } from '../support/session.ts';
import { dateAndTime, inDays } from '../support/time.ts';
import { toast } from '../support/toasts.ts';
import { unique } from '../support/unique.ts';

test.use({ expectedStatuses: [400] });

test.beforeEach(async ({ page, api }) => {
  await logInAs(page, await api.organizer());
  await open(page, '/competitions/create');
});

test('creating a competition leads to its public page', async ({ page }) => {
  const title = unique('Lantern Open');

  await createCompetition(page, competitionFields(title, inDays(7), inDays(14)));

  await expect(page.getByRole('heading', { name: title })).toBeVisible();
  await expect(toast(page, `${title} is published`)).toBeVisible();
  await expect(page).toHaveURL(/\/competitions\/[0-9a-f-]{36}$/);
  await expect(page.getByText('Bring a board.')).toBeVisible();
  await expect(page.getByRole('list', { name: 'Tags' })).toHaveText(/chess\s*open/);
  await hydrated(page);
  await page.getByRole('banner').getByRole('link', { name: 'Dashboard' }).click();
  await expect(page.getByRole('link', { name: title, exact: true })).toBeVisible();
});

test('a double click creates one competition', { tag: '@js' }, async ({ page }) => {
  const title = unique('Only Once');
  const fields = competitionFields(title, inDays(7), inDays(14));
  await fillCompetition(page, fields);

  await page.getByRole('button', { name: 'Publish', exact: true }).dblclick();

  await expect(page.getByRole('heading', { name: title })).toBeVisible();
  await page.getByRole('banner').getByRole('link', { name: 'Dashboard' }).click();
  await expect(page.getByRole('link', { name: title, exact: true })).toHaveCount(1);
});

test.describe('a lost response', { tag: '@js' }, () => {
  test.use({ expectedStatuses: [422] });

  test('does not keep a corrected form from being sent', async ({ browser, page, baseURL }) => {
    // A separate page, because the test provokes problems.
    const context = await browser.newContext({ baseURL, storageState: await page.context().storageState() });
    const isolated = await context.newPage();
    await open(isolated, '/competitions/create');
    const [first, second] = [unique('Lost'), unique('Corrected')];
    await isolated.route('/fn/create_competition', async (route) => {
      await route.fetch();
      await route.abort();
    });
    await createCompetition(isolated, competitionFields(first, inDays(7), inDays(14)));
    await expect(errorSummary(isolated)).toContainText('The server cannot be reached');
    await isolated.unrouteAll();

    await createCompetition(isolated, { Title: second });
    await expect(errorSummary(isolated)).toContainText('your dashboard shows it');
    await isolated.getByRole('button', { name: 'Publish', exact: true }).click();

    await expect(isolated.getByRole('heading', { name: second })).toBeVisible();
    await open(isolated, '/dashboard');
    for (const title of [first, second]) {
      await expect(isolated.getByRole('link', { name: title, exact: true })).toHaveCount(1);
    }
    await context.close();
  });
});

test('the same form sent again creates one competition', { tag: '@no-js' }, async ({ page }) => {
  const title = unique('Sent Again');
  const form = {
    idempotency_key: await page.locator('input[name=idempotency_key]').inputValue(),
    'draft[title]': title,
    'draft[description]': 'Bring a board.',
    'draft[capacity]': '8',
    'draft[timeZone]': 'UTC',
    'draft[regDeadline]': dateAndTime(inDays(7)),
  };

  for (let sent = 0; sent < 3; sent++) await postForm(page, '/fn/create_competition', form);

  await open(page, '/dashboard');
  await expect(page.getByRole('link', { name: title, exact: true })).toHaveCount(1);
});

test('an empty form is refused with one error for each required field', async ({ page }) => {
  await createCompetition(page, {});

  await expectFaults(page, [
    'Enter a title',
    'Enter a description',
    'Enter a capacity from 1 to 1000000',
    'Enter a closing time',
  ]);
  await expectFaultAt(page, page.getByLabel('Description'), 'Enter a description');
});

test('a start before the deadline is refused and the typed text is kept', async ({ page }) => {
  const fields = competitionFields(unique('Too early'), inDays(7), inDays(6));

  await createCompetition(page, fields);

  await expectFaults(page, ['Choose a start that is not before registration closes']);
  await expectCompetitionFields(page, fields);
  await expectFaultAt(
    page,
    page.getByLabel('Starts (optional)'),
    'Choose a start that is not before registration closes',
  );
});

test('registration may close when the competition starts', async ({ page }) => {
  const title = unique('Until the start');

  await createCompetition(page, competitionFields(title, inDays(7), inDays(7)));

  await expect(page.getByRole('heading', { name: title })).toBeVisible();
});

test('a deadline that has passed is refused, and the corrected form is accepted', async ({ page }) => {
  const title = unique('Too late');
  await createCompetition(page, competitionFields(title, inDays(-1), inDays(14)));
  await expectFaults(page, ['Choose a closing time in the future']);
  await createCompetition(page, competitionFields(title, inDays(-1), inDays(-2)));
  await expectFaults(page, ['Choose a closing time in the future', 'Choose a start that is not before registration closes']);

  await createCompetition(page, competitionFields(title, inDays(1), inDays(14)));

  await expect(page.getByRole('heading', { name: title })).toBeVisible();
});

test('a preview shows what the page will, and the typed text is kept', async ({ page }) => {
  const fields = {
    ...competitionFields(unique('Previewed'), inDays(7), inDays(14)),
    Description: '# Rules\n\nSeven **rounds**.',
  };
  await fillCompetition(page, fields);

  await page.getByRole('button', { name: 'Preview' }).click();

  const preview = page.getByRole('region', { name: 'Preview' });
  await expect(preview.getByRole('heading', { name: 'Rules' })).toBeVisible();
  await expect(preview.locator('strong')).toHaveText('rounds');
  for (const fact of [fields.Title, '2 of 2 seats left', 'Starts', 'Registration closes', 'Organizer']) {
    await expect(preview.getByText(fact, { exact: true })).toBeVisible();
  }
  await expect(preview.getByRole('list', { name: 'Tags' }).getByRole('listitem')).toHaveText(['chess', 'open']);
  const panel = preview.getByRole('complementary');
  await expect(panel.getByRole('button', { name: 'Register' })).toBeDisabled();
  await expect(panel).toContainText('Your seat is reserved straight away.');
  await expectCompetitionFields(page, fields);
  if (javaScriptOn()) await expect(preview.getByRole('heading', { name: 'Preview' })).toBeFocused();
  if (hydrates(page)) await expectAccessible(page);

  await hydrated(page);
  await page.getByLabel('Title').press('Enter');
  await page.getByRole('button', { name: 'Preview' }).click();
  await expect(preview.getByText('Nothing is saved yet.'), 'Enter has published it').toBeVisible();

  await hydrated(page);
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await expect(page.getByRole('heading', { name: fields.Title })).toBeVisible();
});

test('times are in the chosen zone, and the form shows them in UTC as well', async ({ page }) => {
  const fields = competitionFields(unique('Abroad'), inDays(7), inDays(14));
  await fillCompetition(page, { ...fields, 'Registration closes': '2037-07-01T09:30', 'Starts (optional)': '2037-07-02T09:30' });
  await page.getByLabel('Time zone').fill('Asia/Tokyo');

  await page.getByRole('button', { name: 'Preview' }).click();
  await expect(page.getByText('That is 1 July 2037, 00:30 UTC.')).toBeVisible();
  await expect(page.getByLabel('Time zone')).toHaveValue('Asia/Tokyo');

  await hydrated(page);
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await expect(page.getByText('Wed 1 Jul 2037, 09:30 JST')).toBeVisible();
});

test('a time that clocks skip is refused with an explanation', async ({ page }) => {
  const fields = competitionFields(unique('Skipped'), inDays(7), inDays(14));
  await hydrated(page);
  await page.getByLabel('Time zone').fill('Europe/Berlin');

  await createCompetition(page, { ...fields, 'Registration closes': '2027-03-28T02:30', 'Starts (optional)': '' });

  const fault = 'This time does not exist in Europe/Berlin';
  await expect(errorSummary(page)).toContainText(fault);
  await expect(page.getByLabel('Registration closes')).toHaveValue('2027-03-28T02:30');
  await expect(page.getByLabel('Time zone')).toHaveValue('Europe/Berlin');
});

test.describe('in a browser that reports a deprecated name of its time zone', { tag: '@js' }, () => {
  test.use({ timezoneId: 'Asia/Calcutta' });

  test('a new competition has the canonical name', async ({ page, api }) => {
    await logInAs(page, await api.organizer());
    await open(page, '/competitions/create');
    await hydrated(page);
    await expect(page.getByLabel('Time zone')).toHaveValue('Asia/Kolkata');
  });
});
