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

/** The options of a project or a test. */
export type Options = {
  /** Whether our compiled code is loaded: `blocked` fails, `late` never arrives. */
  wasm: 'served' | 'blocked' | 'late';
  /** HTTP statuses ≥ 400 that this test provokes: `test.use({ expectedStatuses: [404] })`. */
  expectedStatuses: number[];
};

type Fixtures = {
  /** Creates users, competitions and registrations over the REST API. */
  api: Api;
  /** Runs in every test, and fails it when the browser reports a problem. */
  noProblems: void;
};

/** Contexts whose pages are never hydrated. */
const withoutWasm = new WeakSet<BrowserContext>();

type WorkerFixtures = {
  /** Created once for all tests that change nothing. */
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
      expect(problems, 'problems that the browser reported').toEqual([]);
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
  /** Whether the message is about code that the test blocks. */
  const isOfMissingWasm = (text: string) => wasm !== 'served' && MISSING_WASM.test(text);

  context.on('console', (message) => {
    const type = message.type();
    if (type !== 'error' && type !== 'warning') return;
    // Chromium repeats every response ≥ 400 here; responses are checked below.
    if (message.text().startsWith('Failed to load resource: the server responded with a status of')) return;
    // With JavaScript off nothing uses preloaded files.
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
    // The browser aborts requests when it leaves a page or starts a download.
    if (reason === 'net::ERR_ABORTED') return;
    // With JavaScript off it refuses preloaded scripts.
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
  // A route handler that does nothing leaves the request without a response.
  await context.route('**/*.wasm', (route) => (wasm === 'blocked' ? route.abort() : undefined));
}

/** Whether the pages of this test run JavaScript. */
export function javaScriptOn(): boolean {
  return test.info().project.use.javaScriptEnabled !== false;
}

/** Whether this page is hydrated: not with JavaScript off, nor without our compiled code. */
export function hydrates(page: Page): boolean {
  return javaScriptOn() && !withoutWasm.has(page.context());
}

/** Waits until the page is hydrated, if it ever is. */
export async function hydrated(page: Page): Promise<void> {
  if (hydrates(page)) await page.locator('html[data-hydrated]').waitFor({ state: 'attached' });
}

/** Loads the page at this path and waits until it is hydrated. */
export async function open(page: Page, path: string): Promise<Response | null> {
  // Code that never arrives would delay the load event for ever.
  const waitUntil = withoutWasm.has(page.context()) ? 'domcontentloaded' : 'load';
  const response = await page.goto(path, { waitUntil });
  await hydrated(page);
  return response;
}

/** Reloads the page until it shows the result of a background job, or until something is due. */
export async function reloadUntilVisible(page: Page, wanted: Locator, timeout?: number): Promise<void> {
  const reloaded = async () => {
    await page.reload();
    return wanted.isVisible();
  };
  await expect.poll(reloaded, { timeout }).toBe(true);
}
