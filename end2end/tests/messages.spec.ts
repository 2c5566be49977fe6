import { expectAccessible } from '../support/accessibility.ts';
import { expect, hydrated, hydrates, open, test } from '../support/fixtures.ts';
import { errorSummary } from '../support/forms.ts';
import { logInAs } from '../support/session.ts';
import { toast } from '../support/toasts.ts';

// Refusals answer the calls of the page.
test.use({ expectedStatuses: [400] });

test('an organizer writes to participants, who read it', { tag: '@phone' }, async ({ page, api }) => {
  const [organizer, participant] = await Promise.all([api.organizer(), api.participant('Pia Participant')]);
  const competition = await api.competition({ owner: organizer });
  await api.register(participant, competition);
  await logInAs(page, organizer);
  await open(page, `/competitions/${competition.id}/manage/messages`);
  await expect(page.getByText('No messages yet')).toBeVisible();
  await page.getByRole('link', { name: 'Write a message' }).click();
  await expect(page.getByRole('heading', { name: 'Write a message' })).toBeVisible();
  await hydrated(page);

  await test.step('is shown what is missing', async () => {
    await page.getByLabel('Subject').fill('Bring a laptop');
    await page.getByRole('button', { name: 'Continue' }).click();
    await expect(errorSummary(page)).toContainText('Message must not be blank');
    await expect(page.getByLabel('Subject')).toHaveValue('Bring a laptop');
  });

  await test.step('sees how it looks and who gets it', async () => {
    await page.getByRole('textbox', { name: 'Message' }).fill('Please bring your **own** one.');
    await page.getByRole('button', { name: 'Continue' }).click();
    await expect(page.getByRole('heading', { name: 'Bring a laptop', exact: true })).toBeVisible();
    await expect(page.getByText('One person would get it now.')).toBeVisible();
    await expect(page.getByText(`Pia Participant, ${participant.email}`)).toBeVisible();
    await expect(page.locator('strong').getByText('own')).toBeVisible();
  });
  await hydrated(page);
  if (hydrates(page)) await expectAccessible(page);

  await test.step('edits it', async () => {
    await page.getByRole('link', { name: 'Edit' }).click();
    await hydrated(page);
    await page.getByLabel('Subject').fill('Bring your laptop');
    await page.getByRole('button', { name: 'Continue' }).click();
    await expect(page.getByRole('heading', { name: 'Bring your laptop', exact: true })).toBeVisible();
    await hydrated(page);
  });

  await test.step('gets a test', async () => {
    await page.getByRole('button', { name: 'Send me a test' }).click();
    await expect(toast(page, 'The test is in your mailbox')).toBeVisible();
    const [test] = await api.mailOf(organizer);
    expect(test?.subject).toBe(`Test: ${competition.title}: Bring your laptop`);
  });

  await test.step('schedules it, and stops it', async () => {
    await page.getByRole('radio', { name: 'Later' }).check();
    await page.getByRole('button', { name: 'Send message' }).click();
    await expect(errorSummary(page)).toContainText('Time must be a date and time that exists');
    await expect(page.getByLabel('Send at')).toHaveAttribute('aria-invalid', 'true');
    await page.getByLabel('Send at').fill(`${new Date(Date.now() + 86_400_000).toISOString().slice(0, 16)}`);
    await page.getByRole('radio', { name: 'Later' }).check();
    await page.getByRole('button', { name: 'Send message' }).click();
    await expect(toast(page, 'The message is scheduled')).toBeVisible();
    await expect(page.getByText('Scheduled', { exact: true })).toBeVisible();
    await page.getByRole('button', { name: 'Stop message' }).click();
    await expect(toast(page, 'The message is a draft again')).toBeVisible();
  });

  await test.step('sends it', async () => {
    await page.getByRole('radio', { name: 'Now' }).check();
    await page.getByRole('button', { name: 'Send message' }).click();
    await expect(toast(page, 'The message is being sent')).toBeVisible();
    await expect.poll(async () => (await api.mailOf(participant)).map(({ subject }) => subject)).toContain(
      `${competition.title}: Bring your laptop`,
    );
    if (!hydrates(page)) await page.reload();
    await expect(page.getByText('Sent to 1 person')).toBeVisible();
    await page.getByRole('link', { name: 'All messages' }).click();
    await expect(page.getByRole('link', { name: 'Bring your laptop' })).toBeVisible();
  });

  await test.step('is read on the page of the competition and in the mailbox', async () => {
    await logInAs(page, participant);
    await open(page, `/competitions/${competition.id}`);
    const updates = page.getByRole('region', { name: 'Updates' });
    await expect(updates.getByRole('heading', { name: 'Bring your laptop' })).toBeVisible();
    await expect(updates.getByText('Please bring your own one.')).toBeVisible();
    await open(page, '/mailbox');
    const message = page.getByRole('link', { name: `${competition.title}: Bring your laptop` });
    // The conversation, with the confirmation, and the message in it.
    await message.click();
    await expect(page.getByRole('heading', { level: 1, name: competition.title })).toBeVisible();
    await hydrated(page);
    await message.click();
    const reader = page.getByRole('article');
    await expect(reader.locator('strong').getByText('own')).toBeVisible();
    await expect(reader.getByText('You get this message because you are registered.')).toBeVisible();
  });
});

test('a message by an answer goes to those who have given it', async ({ page, api }) => {
  const organizer = await api.organizer();
  const questions = [{ kind: 'ONE_OF', label: 'Size', options: ['S', 'M'] }];
  const [competition, small, medium] = await Promise.all([
    api.competition({ owner: organizer, questions }),
    api.participant('Sam Small'),
    api.participant('Mia Medium'),
  ]);
  await api.register(small, competition, ['S']);
  await api.register(medium, competition, ['M']);
  await logInAs(page, organizer);
  await open(page, `/competitions/${competition.id}/manage/messages/write`);
  await hydrated(page);
  await page.getByLabel('Subject').fill('Your shirt');
  await page.getByRole('textbox', { name: 'Message' }).fill('It is here.');
  await page.getByLabel('Answer').selectOption('M');
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByText('Size: M')).toBeVisible();
  await expect(page.getByText(`Mia Medium, ${medium.email}`)).toBeVisible();
  await expect(page.getByText('One person would get it now.')).toBeVisible();
});

test('a draft of a message is deleted', async ({ page, api }) => {
  const organizer = await api.organizer();
  const competition = await api.competition({ owner: organizer });
  const draft = await api.writeMessage(organizer, competition);
  await logInAs(page, organizer);
  await open(page, `/competitions/${competition.id}/manage/messages/${draft.id}`);
  await hydrated(page);
  await page.getByText('Delete this draft').click();
  await page.getByRole('button', { name: 'Delete draft' }).click();
  await expect(toast(page, 'The draft is deleted')).toBeVisible();
  await expect(page.getByText('No messages yet')).toBeVisible();
});
