import type { Browser, BrowserContext } from '@playwright/test';
import { expect, hydrated, open, test } from '../support/fixtures.ts';
import { hideable, setHidden } from '../support/visibility.ts';

/** A separate context, because these tests provoke failed requests. */
async function ownContext(browser: Browser, baseURL?: string): Promise<BrowserContext> {
  const context = await browser.newContext({ baseURL });
  await hideable(context);
  return context;
}

const EVENTS = '**/events';
const POLLS = '**/seats';

test.describe('live seats', { tag: '@js' }, () => {
  test('return after a response of 502', async ({ browser, api, baseURL }) => {
    const [competition, participant] = await Promise.all([api.competition({ seats: 2 }), api.participant()]);
    const context = await ownContext(browser, baseURL);
    const page = await context.newPage();
    await page.route(POLLS, (route) => route.abort());
    await page.route(EVENTS, (route) => route.fulfill({ status: 502 }), { times: 1 });
    await open(page, `/competitions/${competition.id}`);

    await api.register(participant, competition);

    await expect(page.getByText('1 of 2 seats left')).toBeVisible();
    await context.close();
  });

  test('are polled when the stream is buffered', async ({ browser, api, baseURL }) => {
    const [competition, participant] = await Promise.all([api.competition({ seats: 2 }), api.participant()]);
    const context = await ownContext(browser, baseURL);
    const page = await context.newPage();
    // A route handler that does nothing leaves the request without a response.
    await page.route(EVENTS, () => undefined);
    await open(page, `/competitions/${competition.id}`);

    await api.register(participant, competition);

    await expect(page.getByText('1 of 2 seats left')).toBeVisible();
    await context.close();
  });

  test('work in a seventh tab', async ({ browser, api, baseURL }) => {
    const [competition, participant] = await Promise.all([api.competition({ seats: 2 }), api.participant()]);
    const context = await ownContext(browser, baseURL);
    for (const _ of Array(6)) {
      const page = await context.newPage();
      const streaming = page.waitForRequest(EVENTS);
      await open(page, `/competitions/${competition.id}`);
      await streaming;
      await setHidden(page, true);
    }
    const seventh = await context.newPage();
    await open(seventh, `/competitions/${competition.id}`);

    await api.register(participant, competition);

    await expect(seventh.getByText('1 of 2 seats left')).toBeVisible();
    await context.close();
  });

  test('pause while the page is hidden and are updated when it is shown', async ({ browser, api, baseURL }) => {
    const [competition, early, late] = await Promise.all([
      api.competition({ seats: 3 }),
      api.participant(),
      api.participant(),
    ]);
    const context = await ownContext(browser, baseURL);
    const page = await context.newPage();
    await page.route(POLLS, (route) => route.abort());
    await open(page, `/competitions/${competition.id}`);
    await api.register(early, competition);
    await expect(page.getByText('2 of 3 seats left')).toBeVisible();

    const closed = page.waitForEvent('requestfailed', (request) => request.url().endsWith('/events'));
    await setHidden(page, true);
    await closed;
    await api.register(late, competition);
    const opened = page.waitForRequest(EVENTS);
    await setHidden(page, false);

    await opened;
    await expect(page.getByText('1 of 3 seats left')).toBeVisible();
    await context.close();
  });

  test('ignore a state that is older than the current one', async ({ browser, api, baseURL }) => {
    const competition = await api.competition({ seats: 5 });
    const context = await ownContext(browser, baseURL);
    const page = await context.newPage();
    const event = (seatsLeft: number, sequence: number) => {
      const state = { competitionId: competition.id, capacity: 5, seatsLeft, cancelled: false, sequence };
      return `event: seats\ndata: ${JSON.stringify(state)}\n\n`;
    };
    await page.route(POLLS, (route) => route.fulfill({ json: { capacity: 5, seatsLeft: 4, sequence: 7 } }));
    const polled = page.waitForResponse(POLLS);
    const body = event(2, 9) + event(3, 8);
    await page.route(EVENTS, (route) => route.fulfill({ contentType: 'text/event-stream', body }));
    await open(page, `/competitions/${competition.id}`);

    // The stream has ended, and the page has polled.
    await polled;
    await hydrated(page);
    await expect(page.getByText('2 of 5 seats left')).toBeVisible();
    await expect(page.getByText(/[34] of 5 seats left/)).toBeHidden();
    await context.close();
  });
});

test.describe('when registration opens', { tag: '@js' }, () => {
  test('a page retries after a refusal', async ({ browser, api, baseURL }) => {
    const inSeconds = (seconds: number) => seconds / (24 * 60 * 60);
    const context = await ownContext(browser, baseURL);
    const page = await context.newPage();
    await open(page, '/competitions');
    const competition = await api.competition({ opens: inSeconds(10) });
    const refused: number[] = [];
    await page.route('**/fn/competition', async (route) => {
      refused.push(Date.now());
      const error = { code: 'rate_limited', message: 'Too many requests', wait: 1 };
      await route.fulfill({ status: 429, json: error });
    }, { times: 2 });
    await open(page, `/competitions/${competition.id}`);
    await expect(page.getByText('Registration is not open yet')).toBeVisible();

    await expect(page.getByRole('link', { name: 'Log in to register' })).toBeVisible({ timeout: 60_000 });
    expect(refused).toHaveLength(2);
    await context.close();
  });
});
