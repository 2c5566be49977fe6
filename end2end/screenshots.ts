import { mkdirSync, rmSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { test, type APIRequestContext, type Page } from '@playwright/test';
import sharp from 'sharp';
import { DEAD_JOBS } from './support/dead-jobs.ts';
import { Receiver } from './support/receiver.ts';

const FOLDER = fileURLToPath(new URL('../docs/screenshots/', import.meta.url));
const TOKEN = { name: 'Results importer', scope: 'read', expiresInDays: 90 };
const DEMO_PASSWORD = 'password123';
const ADMIN_PASSWORD = 'correct horse battery';

const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };
const LOOKS = [
  { name: 'light-desktop', colorScheme: 'light', viewport: DESKTOP },
  { name: 'dark-desktop', colorScheme: 'dark', viewport: DESKTOP },
  { name: 'light-phone', colorScheme: 'light', viewport: PHONE },
  { name: 'dark-phone', colorScheme: 'dark', viewport: PHONE },
] as const;

type Viewer = 'participant' | 'organizer' | 'admin';
type World = {
  competition: string;
  asking: string;
  underWay: string;
  registration: string;
  mail: string;
  token: string;
  webhook: string;
  message: string;
};
type Picture = { name: string; path: (world: World) => string; viewer?: Viewer };

const ACCOUNTS: Record<Viewer, { email: string; password: string }> = {
  participant: { email: 'participant1@minicompete.com', password: DEMO_PASSWORD },
  organizer: { email: 'organizer1@minicompete.com', password: DEMO_PASSWORD },
  admin: { email: 'admin@example.com', password: ADMIN_PASSWORD },
};

/** The pages. */
const PICTURES: Picture[] = [
  { name: 'home', path: () => '/' },
  { name: 'competitions', path: () => '/competitions' },
  { name: 'competitions-filtered', path: () => '/competitions?tags=ai,coding&sort=deadline' },
  { name: 'competitions-no-match', path: () => '/competitions?search=underwater+basket+weaving' },
  { name: 'competition', path: ({ competition }) => `/competitions/${competition}` },
  { name: 'competition-registered', path: ({ competition }) => `/competitions/${competition}`, viewer: 'participant' },
  { name: 'competition-under-way', path: ({ underWay }) => `/competitions/${underWay}` },
  { name: 'answers', path: ({ asking }) => `/competitions/${asking}/answers`, viewer: 'participant' },
  { name: 'login', path: () => '/auth/login' },
  { name: 'signup', path: () => '/auth/signup' },
  { name: 'forgot', path: () => '/auth/forgot' },
  { name: 'dashboard-participant', path: () => '/dashboard', viewer: 'participant' },
  { name: 'dashboard-organizer', path: () => '/dashboard', viewer: 'organizer' },
  { name: 'create', path: () => '/competitions/create', viewer: 'organizer' },
  { name: 'edit', path: ({ competition }) => `/competitions/${competition}/edit`, viewer: 'organizer' },
  { name: 'manage', path: ({ competition }) => `/competitions/${competition}/manage`, viewer: 'organizer' },
  { name: 'participants', path: ({ competition }) => `/competitions/${competition}/manage/participants`, viewer: 'organizer' },
  { name: 'waiting-list', path: ({ competition }) => `/competitions/${competition}/manage/waiting-list`, viewer: 'organizer' },
  { name: 'check-in-list', path: ({ competition }) => `/competitions/${competition}/manage/check-in-list`, viewer: 'organizer' },
  { name: 'settings', path: ({ competition }) => `/competitions/${competition}/manage/settings`, viewer: 'organizer' },
  {
    name: 'participant',
    path: ({ competition, registration }) => `/competitions/${competition}/registrations/${registration}`,
    viewer: 'organizer',
  },
  { name: 'cover', path: ({ competition }) => `/competitions/${competition}/cover`, viewer: 'organizer' },
  { name: 'access', path: ({ competition }) => `/competitions/${competition}/access`, viewer: 'organizer' },
  { name: 'invitations', path: ({ competition }) => `/competitions/${competition}/invitations`, viewer: 'organizer' },
  { name: 'messages', path: ({ competition }) => `/competitions/${competition}/manage/messages`, viewer: 'organizer' },
  { name: 'message', path: ({ competition, message }) => `/competitions/${competition}/manage/messages/${message}`, viewer: 'organizer' },
  { name: 'pictures', path: () => '/pictures', viewer: 'organizer' },
  { name: 'questions', path: ({ competition }) => `/competitions/${competition}/questions`, viewer: 'organizer' },
  { name: 'webhooks', path: () => '/webhooks', viewer: 'organizer' },
  { name: 'webhook', path: ({ webhook }) => `/webhooks/${webhook}`, viewer: 'organizer' },
  { name: 'edit-webhook', path: ({ webhook }) => `/webhooks/${webhook}/edit`, viewer: 'organizer' },
  { name: 'rotate-secret', path: ({ webhook }) => `/webhooks/${webhook}/rotate-secret`, viewer: 'organizer' },
  { name: 'delete-webhook', path: ({ webhook }) => `/webhooks/${webhook}/delete`, viewer: 'organizer' },
  { name: 'mailbox', path: () => '/mailbox', viewer: 'participant' },
  { name: 'mailbox-open', path: ({ mail }) => `/mailbox?mail=${mail}`, viewer: 'participant' },
  { name: 'mail-confirmation', path: () => '/dev/mails/confirmation.answers' },
  { name: 'mail-organizer-message', path: () => '/dev/mails/organizer_message' },
  { name: 'mail-organizer-notice', path: () => '/dev/mails/organizer_notice.daily' },
  { name: 'mail-change', path: () => '/dev/mails/change_notice' },
  { name: 'mail-reset-link', path: () => '/dev/mails/reset_link' },
  { name: 'mail-email-verification', path: () => '/dev/mails/email_verification' },
  { name: 'account', path: () => '/account', viewer: 'participant' },
  { name: 'email', path: () => '/account/email', viewer: 'participant' },
  { name: 'sessions', path: () => '/account/sessions', viewer: 'participant' },
  { name: 'tokens', path: () => '/account/tokens', viewer: 'participant' },
  { name: 'calendar-feed', path: () => '/account/calendar', viewer: 'participant' },
  { name: 'revoke-token', path: ({ token }) => `/account/tokens/${token}/revoke`, viewer: 'participant' },
  { name: 'queues', path: () => '/admin/queues', viewer: 'admin' },
  { name: 'discard', path: () => `/admin/queues/${DEAD_JOBS.scores}/discard`, viewer: 'admin' },
  { name: 'cancel', path: ({ competition }) => `/competitions/${competition}/cancel`, viewer: 'organizer' },
  { name: 'leave', path: ({ competition }) => `/competitions/${competition}/cancel-registration`, viewer: 'participant' },
  { name: 'not-found', path: () => '/no/such/page' },
  { name: 'forbidden', path: () => '/admin/queues', viewer: 'participant' },
];

test('pictures of every page', async ({ browser, request, baseURL }) => {
  test.setTimeout(20 * 60_000); // ms
  const world = await bringToLife(request);
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  for (const look of LOOKS) {
    const { name: suffix, ...options } = look;
    for (const viewer of [undefined, 'participant', 'organizer', 'admin'] as const) {
      const context = await browser.newContext({ ...options, baseURL, reducedMotion: 'reduce' });
      const page = await context.newPage();
      if (viewer) await logInAs(page, viewer);
      for (const picture of PICTURES.filter((picture) => picture.viewer === viewer)) {
        const path = picture.path(world);
        await page.goto(path);
        // A mail has no code.
        if (!path.startsWith('/dev/mails/')) {
          await page.locator('html[data-hydrated]').waitFor({ state: 'attached' });
        }
        await page.evaluate(() => document.fonts.ready);
        await save(await page.screenshot(), `${picture.name}-${suffix}.png`);
      }
      await context.close();
    }
  }
});

/** With 256 colours, which are enough for a page, at a quarter of the size. */
async function save(picture: Buffer, name: string): Promise<void> {
  await sharp(picture).png({ palette: true, compressionLevel: 9, effort: 10 }).toFile(FOLDER + name);
}

async function logInAs(page: Page, viewer: Viewer): Promise<void> {
  await page.request.post('/fn/log_in', {
    form: ACCOUNTS[viewer],
    headers: { accept: 'text/html' },
    maxRedirects: 0,
  });
}

/** Registers the demo participants, always for the same competitions, and waits for their mail. */
async function bringToLife(request: APIRequestContext): Promise<World> {
  const get = async (path: string) => (await request.get(path)).json();
  const competitions: { id: string; title: string }[] = [
    ...(await get('/api/competitions?sort=title')),
    ...(await get('/api/competitions?status=over')),
  ];
  const named = (title: string) => {
    const found = competitions.find((competition) => competition.title === title);
    if (!found) throw new Error(`${title} is not among the demo data`);
    return found.id;
  };
  const sprint = named('Code Sprint 2025');
  const asking = named('Design Sprint Workshop');
  const underWay = named("Beginners' Go Tournament");
  const wanted = [
    [sprint, named('AI Innovation Challenge'), asking],
    [sprint, named('Startup Pitch Competition')],
    [sprint, named('Data Science Marathon')],
    [sprint, named('AI Innovation Challenge')],
    [sprint],
  ];
  let mail = '';
  let personalToken = '';
  let registration = '';
  for (const [index, ids] of wanted.entries()) {
    const data = { email: `participant${index + 1}@minicompete.com`, password: DEMO_PASSWORD };
    const { token } = await (await request.post('/api/auth/login', { data })).json();
    const headers = { authorization: `Bearer ${token}` };
    for (const id of ids) await request.post(`/api/competitions/${id}/register`, { headers });
    let mails: { id: string }[] = [];
    while (mails.length < ids.length) mails = await (await request.get('/api/mailbox/my', { headers })).json();
    if (index > 0) continue;
    mail = mails.at(-1)?.id ?? '';
    const mine: { id: string; competition: { id: string } }[] = await (
      await request.get('/api/competitions/registrations/my', { headers })
    ).json();
    registration = mine.find((one) => one.competition.id === sprint)?.id ?? '';
    const created = await request.post('/api/auth/tokens', { headers, data: TOKEN });
    personalToken = (await created.json()).personalToken.id;
  }
  const message = await sendMessage(request, sprint);
  const webhook = await makeWebhook(request, sprint);
  return { competition: sprint, asking, underWay, registration, mail, message, token: personalToken, webhook };
}

/** A draft of a message to the participants; another one was sent. */
async function sendMessage(request: APIRequestContext, competitionId: string): Promise<string> {
  const { token } = await (await request.post('/api/auth/login', { data: ACCOUNTS.organizer })).json();
  const headers = { authorization: `Bearer ${token}` };
  const path = `/api/competitions/${competitionId}/messages`;
  const written = { subject: 'Bring a laptop', text: 'Please bring **your own** one:\n\n- charged\n- with a charger' };
  const [sent, draft] = await Promise.all(
    [written, { subject: 'The rooms', text: 'You find them on the ground floor.' }].map(async (message) => {
      const data = { ...message, statuses: ['CONFIRMED'] };
      return (await request.post(path, { headers, data })).json();
    }),
  );
  await request.post(`${path}/${sent.id}/send`, { headers, data: { version: sent.version } });
  return draft.id;
}

/** A webhook with a delivery that has succeeded and one that has failed. */
async function makeWebhook(request: APIRequestContext, competitionId: string): Promise<string> {
  const { token } = await (await request.post('/api/auth/login', { data: ACCOUNTS.organizer })).json();
  const headers = { authorization: `Bearer ${token}` };
  const receiver = await Receiver.start();
  const data = { url: receiver.url, description: 'Seats on our home page', competitionId };
  const { id } = await (await request.post('/api/webhooks', { headers, data })).json();
  for (const status of [204, 500]) {
    receiver.status = status;
    const sent = receiver.requests.length;
    await request.post(`/api/webhooks/${id}/test`, { headers });
    while (receiver.requests.length === sent) await setTimeout(100); // ms
  }
  await receiver.stop();
  return id;
}
