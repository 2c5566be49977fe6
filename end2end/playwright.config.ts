import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig, devices } from '@playwright/test';
import type { Options } from './support/fixtures.ts';

// Worker processes read this file again and inherit the variables, so all of them agree on the ports.
/** A server that already runs (for example `make dev`); without it, serve.sh starts a fresh one. */
const runningServer = process.env.E2E_BASE_URL;
if (!runningServer) {
  process.env.E2E_PORT ??= freePort();
  // Where the server keeps its data, for commands that run beside it; serve.sh removes it.
  process.env.E2E_DATA ??= mkdtempSync(join(tmpdir(), 'mini-compete-e2e.'));
}
process.env.E2E_NEW_SITE_PORT ??= freePort();
process.env.E2E_NEW_SITE_URL = `http://127.0.0.1:${process.env.E2E_NEW_SITE_PORT}`;
process.env.E2E_MAIL_SITE_PORT ??= freePort();
process.env.E2E_MAIL_SITE_URL = `http://127.0.0.1:${process.env.E2E_MAIL_SITE_PORT}`;
process.env.E2E_SMTP_PORT ??= freePort();
process.env.E2E_MAILS_PORT ??= freePort();
const baseURL = runningServer ?? `http://127.0.0.1:${process.env.E2E_PORT}`;

export default defineConfig<Options>({
  testDir: 'tests',
  outputDir: 'test-results/artifacts',
  fullyParallel: true,
  workers: 2,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  // Generous, for a machine that compiles at the same time; a test that passes never reaches them.
  timeout: 90_000, // ms
  expect: { timeout: 15_000 }, // ms
  reporter: [['json', { outputFile: 'test-results/report.json' }], ['list']],
  use: {
    baseURL,
    // Without screenshots of every step, which take longer than the steps.
    trace: { mode: 'retain-on-failure', screenshots: false, sources: false },
    screenshot: 'only-on-failure',
    launchOptions: {
      // Undefined means Playwright's own browser.
      executablePath: process.env.CHROMIUM_PATH,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  // A test runs with JavaScript on and off unless it has the tag @js or @no-js, and on a phone only with @phone. The
  // essential tests have @core and run in all four projects.
  projects: [
    { name: 'js', grepInvert: /@no-js/, use: { ...devices['Desktop Chrome'] } },
    {
      name: 'no-js',
      grepInvert: /@js/,
      use: { ...devices['Desktop Chrome'], javaScriptEnabled: false },
    },
    { name: 'no-wasm', grep: /@core/, use: { ...devices['Desktop Chrome'], wasm: 'blocked' } },
    { name: 'phone', grep: /@core|@phone/, use: { ...devices['Pixel 7'] } },
  ],
  webServer: [
    ...(runningServer ? [] : [served(baseURL, { E2E_PORT: process.env.E2E_PORT })]),
    // A new site, without accounts and competitions.
    served(process.env.E2E_NEW_SITE_URL, {
      E2E_PORT: process.env.E2E_NEW_SITE_PORT,
      E2E_DATA: '',
      E2E_DEMO: 'no',
    }),
    // A site that sends mail, and the mail server.
    served(process.env.E2E_MAIL_SITE_URL, {
      E2E_PORT: process.env.E2E_MAIL_SITE_PORT,
      E2E_DATA: '',
      E2E_DEMO: 'no',
      E2E_SENDS_MAIL: 'yes',
    }),
    {
      command: 'node mail-sink.mjs',
      url: `http://127.0.0.1:${process.env.E2E_MAILS_PORT}/`,
      timeout: 30_000, // ms
      reuseExistingServer: false,
    },
  ],
});

function freePort(): string {
  return execFileSync('../scripts/free-port.sh', { cwd: import.meta.dirname, encoding: 'utf8' }).trim();
}

function served(url = '', env: Record<string, string | undefined> = {}) {
  return {
    command: './serve.sh',
    env: { ...process.env, ...env } as Record<string, string>,
    url: `${url}/health`,
    timeout: 30_000, // ms
    reuseExistingServer: false,
    // Lets serve.sh remove its data; Playwright would kill it outright.
    gracefulShutdown: { signal: 'SIGTERM', timeout: 30_000 } as const, // ms
    stdout: 'pipe',
    stderr: 'pipe',
  } as const;
}
