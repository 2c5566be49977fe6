import {
  test as base,
  expect,
  type BrowserContext,
  type Locator,
  type Page,
  type Response,
} from '@playwright/test';
import { Api } from './api.ts';
import { makeWorld, type World } from './world.ts';

type Fixtures = {
  /** Makes people, competitions and registrations over the REST API. */
  api: Api;
  /** HTTP statuses ≥ 400 that this test provokes: `test.use({ expectedStatuses: [404] })`. */
  expectedStatuses: number[];
  /** Runs by itself in every test: fails it when the browser met a problem. */
  noProblems: void;
};

type WorkerFixtures = {
  /** Made once for all tests that only look. */
  world: World;
};

/**
 * Like Playwright's `test`, and fails when a page of the test logs an error or a warning, throws, cannot load
 * something or is answered 400 or more. A hydration mismatch shows up as such a warning.
 */
export const test = base.extend<Fixtures, WorkerFixtures>({
  api: async ({ request }, use) => use(new Api(request)),

  world: [
    async ({ playwright }, use, { project }) => {
      const request = await playwright.request.newContext({ baseURL: project.use.baseURL });
      await use(await makeWorld(new Api(request)));
      await request.dispose();
    },
    { scope: 'worker' },
  ],

  expectedStatuses: [[], { option: true }],

  noProblems: [
    async ({ context, expectedStatuses }, use) => {
      const problems = collectProblems(context, expectedStatuses);
      await use();
      expect(problems, 'problems the browser met').toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

/** Collects from now on; for a test that opens a second context. */
export function collectProblems(context: BrowserContext, expectedStatuses: readonly number[] = []): string[] {
  const problems: string[] = [];

  context.on('console', (message) => {
    const type = message.type();
    if (type !== 'error' && type !== 'warning') return;
    // Chromium repeats every answer ≥ 400 here; the answer itself is judged below.
    if (message.text().startsWith('Failed to load resource: the server responded with a status of')) return;
    // With JavaScript off nothing uses what the page announces for later.
    if (message.text().includes('was preloaded using link preload but not used') && !javaScriptOn()) return;
    problems.push(`console ${type}: ${message.text()} (${message.location().url})`);
  });
  context.on('weberror', (error) => problems.push(`page error: ${error.error().stack ?? error.error().message}`));
  context.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText ?? 'no reason given';
    // The browser itself gives up what is under way when it leaves a page or starts a download.
    if (reason === 'net::ERR_ABORTED') return;
    // With JavaScript off it refuses the scripts that the page announces.
    if (reason === 'csp' && !javaScriptOn()) return;
    problems.push(`request failed: ${request.method()} ${request.url()}: ${reason}`);
  });
  context.on('response', (response) => {
    if (response.status() < 400 || expectedStatuses.includes(response.status())) return;
    problems.push(`answer ${response.status()}: ${response.request().method()} ${response.url()}`);
  });

  return problems;
}

/** Whether the pages of this test run JavaScript. */
export function javaScriptOn(): boolean {
  return test.info().project.use.javaScriptEnabled !== false;
}

/** Waits until the page answers clicks: until it is hydrated, or not at all with JavaScript off. */
export async function hydrated(page: Page): Promise<void> {
  if (javaScriptOn()) await page.locator('html[data-hydrated]').waitFor({ state: 'attached' });
}

/** Loads the page at this path and waits until it answers clicks. */
export async function open(page: Page, path: string): Promise<Response | null> {
  const response = await page.goto(path);
  await hydrated(page);
  return response;
}

/** Loads the page again until it shows this, for what happens in the background. */
export async function reloadUntilVisible(page: Page, wanted: Locator): Promise<void> {
  const reloaded = async () => {
    await page.reload();
    return wanted.isVisible();
  };
  await expect.poll(reloaded).toBe(true);
}
