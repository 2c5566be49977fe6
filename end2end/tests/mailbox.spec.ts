import { expect, hydrated, open, test } from '../support/fixtures.ts';
import { logInAs } from '../support/session.ts';

test('a message is unread until it is opened', { tag: '@phone' }, async ({ page, api }) => {
  const participant = await api.participant();
  const [first, second] = await Promise.all([api.competition(), api.competition()]);
  await api.register(participant, first);
  await api.register(participant, second);
  await expect.poll(() => api.mailOf(participant)).toHaveLength(2);
  await logInAs(page, participant);
  const link = page.getByRole('banner').getByRole('link', { name: 'Mailbox' });

  await open(page, '/mailbox');
  await expect(link).toHaveText(/2 unread/);
  for (const [title, unread, inHeader] of [
    [first.title, 1, /1 unread/],
    [second.title, 0, 'Mailbox'],
  ] as const) {
    await page.getByRole('link', { name: `Registration Confirmed: ${title}` }).click();
    await expect(page.getByRole('article')).toContainText(title);
    await expect(page.getByText(`2 messages, ${unread} unread`)).toBeVisible();
    await expect(link).toHaveText(inHeader);
    await hydrated(page);
    await page.getByRole('link', { name: 'Close message' }).click();
    await expect(page.getByRole('article')).toBeHidden();
    await hydrated(page);
  }
});

test('a message has an address of its own', async ({ page, api }) => {
  const [participant, competition] = await Promise.all([api.participant(), api.competition()]);
  const { id } = await api.register(participant, competition);
  await expect.poll(() => api.mailOf(participant)).toHaveLength(1);
  const [mail] = await api.mailOf(participant);
  await logInAs(page, participant);

  await open(page, `/mailbox?mail=${mail?.id}`);

  const message = page.getByRole('article', { name: `Registration Confirmed: ${competition.title}` });
  await expect(message).toContainText(`To ${participant.email}`);
  await expect(message).toContainText('Date to be announced');
  await expect(message).toContainText(id);
  await expect(page.getByRole('banner').getByRole('link', { name: 'Mailbox' })).toHaveText('Mailbox');
});

test('a link to the site in a message can be followed', async ({ page, api }) => {
  const [owner, participant] = await Promise.all([api.organizer(), api.participant()]);
  const competition = await api.competition({ owner, access: 'INVITATION' });
  await api.invite(owner, competition, [participant.email]);
  await expect.poll(() => api.mailOf(participant)).toHaveLength(1);
  const [mail] = await api.mailOf(participant);
  await logInAs(page, participant);
  await open(page, `/mailbox?mail=${mail?.id}`);
  const link = page.getByRole('article').getByRole('link', { name: `/competitions/${competition.id}` });
  await expect(link).toHaveAttribute('href', (await link.textContent()) ?? '');
});

test('an empty mailbox says that it has no messages', async ({ page, api }) => {
  await logInAs(page, await api.organizer());

  await open(page, '/mailbox');

  await expect(page.getByText('No messages yet')).toBeVisible();
});
