import type { Page } from '@playwright/test';
import { expectAccessible } from '../support/accessibility.ts';
import type { Api, Competition, Person } from '../support/api.ts';
import { expect, hydrated, hydrates, open, test } from '../support/fixtures.ts';
import { competitionFields, createCompetition, errorSummary, fillCompetition } from '../support/forms.ts';
import { registration } from '../support/panel.ts';
import { logInAs } from '../support/session.ts';
import { inDays } from '../support/time.ts';
import { toast } from '../support/toasts.ts';
import { unique } from '../support/unique.ts';

type Requested = { organizer: Person; competition: Competition };

/** A competition whose organizer approves registrations. */
async function withApproval(api: Api, seats: number): Promise<Requested> {
  const organizer = await api.organizer();
  const title = unique('Invitational Open');
  const competition = await api.competition({ owner: organizer, title, seats, approval: true });
  return { organizer, competition };
}

/** A new participant who waits for approval. */
async function requesting(api: Api, competition: Competition, name: string): Promise<Person> {
  const participant = await api.participant(name);
  expect(await api.register(participant, competition)).toMatchObject({ status: 'AWAITING_APPROVAL' });
  return participant;
}

async function choose(page: Page, ...names: string[]): Promise<void> {
  for (const name of names) await page.getByRole('checkbox', { name }).check();
}

function badges(page: Page) {
  return page.getByRole('table').locator('.badge');
}

test('an organizer switches approval on, and the page of the competition says so', async ({ page, api }) => {
  const title = unique('Approved Open');
  await logInAs(page, await api.organizer());
  await open(page, '/competitions/create');
  await hydrated(page);
  await page.getByLabel('Approve each registration').check();
  await createCompetition(page, competitionFields(title, inDays(7), inDays(14)));

  await expect(page.getByRole('heading', { level: 1 })).toHaveText(title);
  await expect(page.getByText('The organizer approves each registration.')).toBeVisible();

  await page.getByRole('link', { name: 'Edit' }).click();
  await expect(page.getByLabel('Approve each registration')).toBeChecked();
  await hydrated(page);
  await page.getByLabel('Approve each registration').uncheck();
  await fillCompetition(page, { Capacity: '3' });
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(toast(page, 'Your changes are saved')).toBeVisible();
  await expect(page.getByText('The organizer approves each registration.')).toHaveCount(0);
});

test('a participant requests a seat, withdraws the request and is rejected', { tag: '@phone' }, async ({
  page,
  api,
}) => {
  const [{ organizer, competition }, participant] = await Promise.all([withApproval(api, 2), api.participant()]);
  await logInAs(page, participant);
  const request = registration(page).getByRole('button', { name: 'Request a seat' });

  await test.step('requests a seat', async () => {
    await open(page, `/competitions/${competition.id}`);
    await request.click();
    await expect(page.getByText('Waiting for approval')).toBeVisible();
    await expect(page.getByText('2 of 2 seats left')).toBeVisible();
    await expect(errorSummary(page)).toBeHidden();
    if (hydrates(page)) {
      await expect(page.getByRole('status').filter({ hasText: 'Waiting for approval' })).toBeFocused();
    }
  });

  await test.step('withdraws it on the dashboard', async () => {
    await open(page, '/dashboard');
    await expect(page.getByRole('region', { name: 'Next', exact: true }).locator('.badge')).toHaveText(
      'Awaiting approval',
    );
    await page.getByRole('link', { name: `Withdraw request for ${competition.title}` }).click();
    const heading = page.getByRole('heading', { level: 1 });
    await expect(heading).toHaveText(`Withdraw your request for ${competition.title}?`);
    await hydrated(page);
    await page.getByRole('button', { name: 'Withdraw request' }).click();
    await expect(page).toHaveURL('/dashboard?view=registrations');
    await expect(toast(page, 'You have withdrawn your request')).toBeVisible();
  });

  await test.step('requests again and is rejected', async () => {
    const { id } = await api.register(participant, competition);
    await api.reject(organizer, competition, [id], 'Students only');
    await open(page, `/competitions/${competition.id}`);
    await expect(page.getByText('The organizer has rejected your registration.')).toBeVisible();
    await expect(page.getByText('Students only')).toBeVisible();
    await expect(request).toBeHidden();
    await open(page, '/dashboard');
    const ended = page.getByRole('region', { name: 'Cancelled or rejected' });
    await expect(ended.locator('.badge')).toHaveText('Rejected');
    await expect(ended).toContainText('Reason: Students only');
    await expect
      .poll(async () => (await api.mailOf(participant))[0]?.subject)
      .toBe(`Registration not approved: ${competition.title}`);
  });
});

test('an organizer approves some registrations and rejects others', { tag: '@phone' }, async ({ page, api }) => {
  const { organizer, competition } = await withApproval(api, 2);
  const ada = await requesting(api, competition, 'Ada Asks');
  await requesting(api, competition, 'Ben Asks');
  const cy = await requesting(api, competition, 'Cy Asks');
  await logInAs(page, organizer);

  await test.step('finds those that wait', async () => {
    await open(page, '/dashboard');
    await page.getByRole('link', { name: `3 awaiting approval for ${competition.title}` }).click();
    await expect(page).toHaveURL(/status=AWAITING_APPROVAL/);
    await expect(page.getByRole('main').getByRole('status')).toHaveText('3 registrations');
    await hydrated(page);
  });

  await test.step('approves two', async () => {
    await choose(page, 'Ada Asks', 'Ben Asks');
    await page.getByRole('button', { name: 'Approve chosen' }).click();
    await expect(toast(page, '2 registrations are approved.')).toBeVisible();
    await expect(page.getByRole('main').getByRole('status')).toHaveText('1 registration');
    await expect(page.getByText('0 of 2 seats left')).toBeVisible();
    await expect(page.getByRole('table').getByRole('rowheader')).toHaveCount(1);
    if (hydrates(page)) await expect(page.getByRole('heading', { name: 'Participants' })).toBeFocused();
    await expect.poll(() => api.mailOf(ada)).toMatchObject([
      { subject: `Registration Confirmed: ${competition.title}` },
    ]);
  });

  await test.step('rejects the third with a reason', async () => {
    await hydrated(page);
    await choose(page, 'Cy Asks');
    await page.getByText('Reject or remove chosen').click();
    await page.getByLabel('Reason (optional)').fill('All seats are taken');
    await page.keyboard.press('Enter');
    await expect(badges(page)).toHaveText(['Awaiting approval']);
    await page.getByRole('button', { name: 'Reject or remove', exact: true }).click();
    await expect(toast(page, '1 registration is rejected.')).toBeVisible();
    await open(page, `/competitions/${competition.id}/manage/participants?status=REJECTED`);
    await expect(badges(page)).toHaveText(['Rejected']);
    await expect(page.getByRole('table')).toContainText('All seats are taken');
    await expect.poll(() => api.mailOf(cy)).toHaveLength(1);
  });
});

test('an organizer rejects and approves a registration on the page with its details', async ({ page, api }) => {
  const { organizer, competition } = await withApproval(api, 1);
  await requesting(api, competition, 'Cy Asks');
  await logInAs(page, organizer);
  await open(page, `/competitions/${competition.id}/manage/participants`);
  await hydrated(page);
  await page.getByRole('link', { name: 'Details of Cy Asks' }).click();
  const section = page.getByRole('region', { name: 'Decision' });
  const reject = section.getByRole('group').filter({ hasText: 'Reject or remove' });

  await hydrated(page);
  await reject.locator('summary').click();
  await page.getByLabel('Reason (optional)').fill('Too late');
  await reject.getByRole('button', { name: 'Reject or remove' }).click();
  await expect(toast(page, '1 registration is rejected.')).toBeVisible();
  await expect(page.getByRole('definition').filter({ hasText: 'Too late' })).toBeVisible();
  if (hydrates(page)) {
    await expect(section.getByRole('heading', { name: 'Decision' })).toBeFocused();
    await expectAccessible(page);
  }

  await hydrated(page);
  await section.getByRole('button', { name: 'Approve' }).click();
  await expect(toast(page, '1 registration is approved.')).toBeVisible();
  await expect(section.getByRole('button', { name: 'Approve' })).toBeHidden();
  await expect(page.getByText('Approved by')).toBeVisible();
});

test.describe('a review', () => {
  test.use({ expectedStatuses: [400] });

  test('without a chosen registration or a free seat is refused with the reason', async ({ page, api }) => {
    const { organizer, competition } = await withApproval(api, 1);
    const seated = await requesting(api, competition, 'Ada Asks');
    await requesting(api, competition, 'Ben Asks');
    const registrations = await api.registrationsOf(seated);
    await api.approve(organizer, competition, registrations.map(({ id }) => id));
    await logInAs(page, organizer);
    await open(page, `/competitions/${competition.id}/manage/participants`);
    await hydrated(page);
    await page.getByRole('button', { name: 'Approve chosen' }).click();
    await expect(errorSummary(page)).toContainText('Choose registrations from the list');
    await page.getByText('Add participant', { exact: true }).first().click();
    await page.getByRole('button', { name: 'Add participant' }).click();
    await expect(errorSummary(page), 'the error of the other form has stayed').toHaveCount(1);
    await expect(errorSummary(page)).not.toContainText('Choose registrations from the list');
    await choose(page, 'Ben Asks');
    await page.getByRole('button', { name: 'Approve chosen' }).click();
    await expect(errorSummary(page)).toContainText('No seat is left for this registration');
  });
});

test('the pages of approval are accessible', { tag: '@js' }, async ({ page, api }) => {
  const { organizer, competition } = await withApproval(api, 2);
  const participant = await requesting(api, competition, 'Ada Asks');
  await logInAs(page, organizer);
  await open(page, `/competitions/${competition.id}/manage/participants`);
  await expect(page.getByRole('checkbox', { name: 'Ada Asks' })).toBeVisible();
  await page.getByText('Reject or remove chosen').click();
  await expectAccessible(page);
  await logInAs(page, participant);
  for (const path of ['', '/cancel-registration']) {
    await open(page, `/competitions/${competition.id}${path}`);
    await expect(page.getByRole('main')).toContainText(/[Ww]ithdraw/);
    await expectAccessible(page);
  }
});
