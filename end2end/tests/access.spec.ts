import { expectAccessible } from '../support/accessibility.ts';
import { expect, hydrated, hydrates, open, test } from '../support/fixtures.ts';
import { errorSummary } from '../support/forms.ts';
import { registration } from '../support/panel.ts';
import { logInAs } from '../support/session.ts';
import { toast } from '../support/toasts.ts';

// Refusals answer the calls of the page.
test.use({ expectedStatuses: [400, 403] });

test('an organizer lets participants in with an access code', { tag: '@phone' }, async ({ page, api }) => {
  const organizer = await api.organizer();
  const competition = await api.competition({ owner: organizer });
  await logInAs(page, organizer);
  await open(page, `/competitions/${competition.id}/manage/settings`);
  await page.getByRole('link', { name: 'Who can register' }).click();
  await expect(page.getByRole('heading', { name: 'Who can register' })).toBeVisible();
  await hydrated(page);
  await page.getByRole('radio', { name: 'With an access code' }).check();

  await test.step('names the line of a wrong code', async () => {
    await page.getByRole('textbox', { name: 'Access codes' }).fill('EARLY-BIRD, 20\nNO CODE');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(errorSummary(page)).toContainText('Line 2: Uses must be a whole number');
    await expect(page.getByRole('textbox', { name: 'Access codes' })).toHaveValue('EARLY-BIRD, 20\nNO CODE');
  });

  await test.step('shows the uses and the link of each code', async () => {
    await page.getByRole('textbox', { name: 'Access codes' }).fill('EARLY-BIRD, 20\nvip1');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(toast(page, 'Who can register is saved')).toBeVisible();
    await expect(page.getByText('EARLY-BIRD: 0 of 20 uses')).toBeVisible();
    await expect(page.getByText('VIP1: 0 uses')).toBeVisible();
    await expect(page.getByRole('link', { name: '?code=VIP1' })).toBeVisible();
    await expect(page.getByRole('textbox', { name: 'Access codes' })).toHaveValue('EARLY-BIRD, 20\nVIP1');
  });
  if (hydrates(page)) await expectAccessible(page);
});

test('a participant registers through a link with an access code', { tag: '@phone' }, async ({ page, api }) => {
  const codes = [{ code: 'EARLY-BIRD', maxUses: 1 }];
  const [competition, participant] = await Promise.all([api.competition({ codes }), api.participant()]);
  await logInAs(page, participant);
  await open(page, `/competitions/${competition.id}?code=EARLY-BIRD`);
  await expect(page.getByText('Registration needs an access code.')).toBeVisible();
  await registration(page).getByRole('link', { name: 'Register', exact: true }).click();
  const code = page.getByLabel('Access code');
  await expect(code).toHaveValue('EARLY-BIRD');
  await hydrated(page);

  await test.step('is refused with a code that is not valid', async () => {
    await code.fill('LATE-BIRD');
    await page.getByRole('button', { name: 'Register' }).click();
    await expect(errorSummary(page)).toContainText('This access code is not valid for this competition');
    await expect(code).toHaveValue('LATE-BIRD');
  });

  await test.step('registers with the right one', async () => {
    await code.fill('early-bird');
    await page.getByRole('button', { name: 'Register' }).click();
    await expect(page.getByText('You are registered')).toBeVisible();
  });
});

test('an invitation shows that its recipient has registered', { tag: '@phone' }, async ({ page, api }) => {
  const [organizer, participant] = await Promise.all([api.organizer(), api.participant()]);
  const competition = await api.competition({ owner: organizer, access: 'INVITATION' });
  await logInAs(page, organizer);
  await open(page, `/competitions/${competition.id}/manage/settings`);
  await page.getByRole('link', { name: 'Invitations' }).click();
  await expect(page.getByRole('heading', { name: 'Invitations', exact: true })).toBeVisible();
  await hydrated(page);
  const emails = page.getByLabel('Email addresses');

  await test.step('names the line without an address', async () => {
    await emails.fill('Name,Email\nGrace,grace@else.example\nLinus');
    await page.getByRole('button', { name: 'Invite', exact: true }).click();
    await expect(errorSummary(page)).toContainText('Line 3 has no email address');
  });

  await test.step('invites addresses that are pasted as CSV', async () => {
    await emails.fill(`Name,Email\nGrace,grace@else.example\nKim,${participant.email}`);
    await page.getByRole('button', { name: 'Invite', exact: true }).click();
    await expect(toast(page, '2 people are invited.')).toBeVisible();
    await expect(page.getByRole('heading', { name: '2 invitations' })).toBeVisible();
    await expect(emails).toHaveValue('');
  });

  await test.step('revokes one', async () => {
    await page.getByRole('button', { name: 'Revoke the invitation of grace@else.example' }).click();
    await expect(toast(page, 'The invitation is revoked')).toBeVisible();
    await expect(page.getByRole('heading', { name: '1 invitation' })).toBeVisible();
  });
  if (hydrates(page)) await expectAccessible(page);

  await test.step('sees who has registered', async () => {
    await expect.poll(() => api.mailOf(participant)).toHaveLength(1);
    const [code] = await api.codes(organizer, competition);
    await api.registerByCode(participant, competition, code ?? '');
    await page.reload();
    await expect(page.getByText(/^Registered /)).toBeVisible();
  });
});

// Without JavaScript there is no button: addresses are pasted.
test('a file fills in the addresses', { tag: '@js' }, async ({ page, api }) => {
  const organizer = await api.organizer();
  const competition = await api.competition({ owner: organizer });
  await logInAs(page, organizer);
  await open(page, `/competitions/${competition.id}/invitations`);
  await hydrated(page);
  await expect(page.getByText('Every participant can register for this competition')).toBeVisible();
  const buffer = Buffer.from('Name,Email\r\nGrace,grace@else.example\r\n');
  await page
    .getByLabel('Addresses from a file')
    .setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer });
  await expect(page.getByLabel('Email addresses')).toHaveValue('Name,Email\nGrace,grace@else.example\n');
  await page.getByRole('button', { name: 'Invite', exact: true }).click();
  await expect(toast(page, 'One person is invited.')).toBeVisible();
});
