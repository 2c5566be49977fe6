import type { Page } from '@playwright/test';
import { expectAccessible } from '../support/accessibility.ts';
import type { Api } from '../support/api.ts';
import { expect, hydrated, hydrates, open, test } from '../support/fixtures.ts';
import { errorSummary } from '../support/forms.ts';
import { logInAs } from '../support/session.ts';
import { toast } from '../support/toasts.ts';
import { unique } from '../support/unique.ts';

// Refusals answer the calls of the page.
test.use({ expectedStatuses: [400, 404] });

/** A competition with one seat, and two who wait for it. */
async function withWaitingList(api: Api) {
  const organizer = await api.organizer();
  const title = unique('Waiting Open');
  const competition = await api.competition({ owner: organizer, title, seats: 1, waitlist: 5 });
  for (const name of ['Ada First', 'Ben Second', 'Eve Third']) {
    await api.register(await api.participant(name), competition);
  }
  return { organizer, competition };
}

function status(page: Page, name: string) {
  return page.getByRole('row', { name }).locator('.badge');
}

test('an organizer gives a seat ahead of the waiting list', { tag: '@phone' }, async ({ page, api }) => {
  const { organizer, competition } = await withWaitingList(api);
  await logInAs(page, organizer);
  await open(page, `/competitions/${competition.id}/manage/participants`);
  await hydrated(page);
  await page.getByRole('checkbox', { name: 'Eve Third' }).check();
  await page.getByText('Give seats to chosen').click();

  await test.step('is refused while no seat is free', async () => {
    await page.getByRole('button', { name: 'Give seats' }).click();
    await expect(errorSummary(page)).toContainText('No seat is free: add seats, or remove a participant');
    await expect(page.getByRole('checkbox', { name: 'Eve Third' })).toBeChecked();
  });

  await test.step('adds a seat', async () => {
    const adds = page.getByRole('checkbox', { name: 'Add a seat for each if none is free' });
    await adds.check();
    await page.getByRole('button', { name: 'Give seats' }).click();
    await expect(toast(page, '1 registration is given a seat.')).toBeVisible();
    await expect(status(page, 'Eve Third')).toHaveText(/Pending|Confirmed/);
    await expect(status(page, 'Ben Second')).toHaveText('Waiting list');
    if (hydrates(page)) await expect(page.getByRole('heading', { name: 'Participants' })).toBeFocused();
  });
  await test.step('chooses nothing for the next time', async () => {
    await expect(page.getByRole('checkbox', { checked: true, includeHidden: true })).toHaveCount(0);
  });
  if (hydrates(page)) await expectAccessible(page);
});

test('an organizer adds a participant, who hears of it', { tag: '@phone' }, async ({ page, api }) => {
  const [{ organizer, competition }, participant] = await Promise.all([
    withWaitingList(api),
    api.participant('Kim Fourth'),
  ]);
  await logInAs(page, organizer);
  await open(page, `/competitions/${competition.id}/manage/participants`);
  await hydrated(page);
  const add = page.getByRole('button', { name: 'Add participant' });
  const email = page.getByLabel('Email', { exact: true });
  await page.locator('summary', { hasText: 'Add participant' }).click();

  await test.step('an address without an account is refused, and kept', async () => {
    await email.fill('nobody@example.com');
    await add.click();
    await expect(errorSummary(page)).toContainText('No participant has an account with this address');
    await expect(email).toHaveValue('nobody@example.com');
    if (hydrates(page)) await expectAccessible(page);
  });

  await test.step('a participant gets an added seat', async () => {
    await email.fill(participant.email);
    await page.getByRole('checkbox', { name: 'Add a seat if none is free' }).check();
    await add.click();
    await expect(toast(page, 'Kim Fourth is registered.')).toBeVisible();
    await expect(status(page, 'Kim Fourth')).toHaveText(/Pending|Confirmed/);
    if (hydrates(page)) await expect(page.getByRole('heading', { name: 'Participants' })).toBeFocused();
  });

  await test.step('the next addition adds no seat unasked', async () => {
    await expect(email).toHaveValue('');
    await expect(page.getByRole('checkbox', { checked: true, includeHidden: true })).toHaveCount(0);
  });

  await test.step('the page of the participant says who has added them', async () => {
    await page.getByRole('link', { name: 'Details of Kim Fourth' }).click();
    await expect(page.getByRole('region', { name: 'History' })).toContainText('Added by');
  });

  await test.step('the participant has the confirmation', async () => {
    await logInAs(page, participant);
    await expect(async () => {
      await open(page, '/mailbox');
      await expect(page.getByText('Registration Confirmed')).toBeVisible();
    }).toPass();
  });
});

test('the success of one form ends the error of the other', async ({ page, api }) => {
  const [{ organizer, competition }, participant] = await Promise.all([withWaitingList(api), api.participant('Kim')]);
  await logInAs(page, organizer);
  await open(page, `/competitions/${competition.id}/manage/participants`);
  await hydrated(page);
  const email = page.getByLabel('Email', { exact: true });
  const add = page.getByRole('button', { name: 'Add participant' });

  await test.step('an addition is refused, and a registration is rejected', async () => {
    await page.locator('summary', { hasText: 'Add participant' }).click();
    await email.fill('nobody@example.com');
    await add.click();
    await expect(errorSummary(page)).toBeVisible();
    await page.getByRole('checkbox', { name: 'Eve Third' }).check();
    await page.getByText('Reject or remove chosen').click();
    await page.getByRole('button', { name: 'Reject or remove' }).click();
    await expect(toast(page, '1 registration is rejected.')).toBeVisible();
    await expect(errorSummary(page)).toBeHidden();
  });

  await test.step('a promotion is refused, and a participant is added', async () => {
    await page.getByRole('checkbox', { name: 'Ben Second' }).check();
    await page.getByText('Give seats to chosen').click();
    await page.getByRole('button', { name: 'Give seats' }).click();
    await expect(errorSummary(page)).toBeVisible();
    if (!(await email.isVisible())) await page.locator('summary', { hasText: 'Add participant' }).click();
    await email.fill(participant.email);
    await add.click();
    await expect(toast(page, 'Kim is on the waiting list.')).toBeVisible();
    await expect(errorSummary(page)).toBeHidden();
  });
});
