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

/** What a project or a test chooses. */
export type Options = {
  /** Whether our compiled code reaches the browser: `blocked` fails to load, `late` is still under way for ever. */
  wasm: 'served' | 'blocked' | 'late';
  /** HTTP statuses ≥ 400 that this test provokes: `test.use({ expectedStatuses: [404] })`. */
  expectedStatuses: number[];
};

type Fixtures = {
  /** Makes people, competitions and registrations over the REST API. */
  api: Api;
  /** Runs by itself in every test: fails it when the browser met a problem. */
  noProblems: void;
};

/** Contexts whose pages never come alive. */
const withoutWasm = new WeakSet<BrowserContext>();

type WorkerFixtures = {
  /** Made once for all tests that only look. */
  world: World;
};

/** The messages that name the wasm file, and the promise that fails when it does not load. */
const MISSING_WASM = /\.wasm|TypeError: Failed to fetch/;

/**
 * Like Playwright's `test`, and fails when a page of the test logs an error or a warning, throws, cannot load
 * something or is answered 400 or more. A hydration mismatch shows up as such a warning.
 */
export const test = base.extend<Fixtures & Options, WorkerFixtures>({
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
  wasm: ['served', { option: true }],

  context: async ({ context, wasm }, use) => {
    if (wasm !== 'served') await keepWasmFrom(context, wasm);
    await use(context);
  },

  noProblems: [
    async ({ context, wasm, expectedStatuses }, use) => {
      const problems = collectProblems(context, expectedStatuses, wasm);
      await use();
      expect(problems, 'problems the browser met').toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

/** Collects from now on; for a test that opens a second context. */
export function collectProblems(
  context: BrowserContext,
  expectedStatuses: readonly number[] = [],
  wasm: Options['wasm'] = 'served',
): string[] {
  const problems: string[] = [];
  /** What the browser rightly says of the code that we keep from it. */
  const isOfMissingWasm = (text: string) => wasm !== 'served' && MISSING_WASM.test(text);

  context.on('console', (message) => {
    const type = message.type();
    if (type !== 'error' && type !== 'warning') return;
    // Chromium repeats every answer ≥ 400 here; the answer itself is judged below.
    if (message.text().startsWith('Failed to load resource: the server responded with a status of')) return;
    // With JavaScript off nothing uses what the page announces for later.
    if (message.text().includes('was preloaded using link preload but not used') && !javaScriptOn()) return;
    const problem = `console ${type}: ${message.text()} (${message.location().url})`;
    if (!isOfMissingWasm(problem)) problems.push(problem);
  });
  context.on('weberror', (error) => {
    const problem = `page error: ${error.error().stack ?? error.error().message}`;
    if (!isOfMissingWasm(problem)) problems.push(problem);
  });
  context.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText ?? 'no reason given';
    // The browser itself gives up what is under way when it leaves a page or starts a download.
    if (reason === 'net::ERR_ABORTED') return;
    // With JavaScript off it refuses the scripts that the page announces.
    if (reason === 'csp' && !javaScriptOn()) return;
    const problem = `request failed: ${request.method()} ${request.url()}: ${reason}`;
    if (!isOfMissingWasm(problem)) problems.push(problem);
  });
  context.on('response', (response) => {
    if (response.status() < 400 || expectedStatuses.includes(response.status())) return;
    problems.push(`answer ${response.status()}: ${response.request().method()} ${response.url()}`);
  });

  return problems;
}

async function keepWasmFrom(context: BrowserContext, wasm: 'blocked' | 'late'): Promise<void> {
  withoutWasm.add(context);
  // A route that does nothing leaves the request without an answer.
  await context.route('**/*.wasm', (route) => (wasm === 'blocked' ? route.abort() : undefined));
}

/** Whether the pages of this test run JavaScript. */
export function javaScriptOn(): boolean {
  return test.info().project.use.javaScriptEnabled !== false;
}

/** Whether this page comes alive: not with JavaScript off, nor without our compiled code. */
export function hydrates(page: Page): boolean {
  return javaScriptOn() && !withoutWasm.has(page.context());
}

/** Waits until the page answers clicks: until it is hydrated, or not at all where it never is. */
export async function hydrated(page: Page): Promise<void> {
  if (hydrates(page)) await page.locator('html[data-hydrated]').waitFor({ state: 'attached' });
}

/** Loads the page at this path and waits until it answers clicks. */
export async function open(page: Page, path: string): Promise<Response | null> {
  // Our code, where it is under way for ever, would keep the page from having loaded.
  const waitUntil = withoutWasm.has(page.context()) ? 'domcontentloaded' : 'load';
  const response = await page.goto(path, { waitUntil });
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
