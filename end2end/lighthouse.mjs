// Runs Lighthouse on the list and on a competition, as a phone on a slow network, and fails below the wanted scores.
//
//   node lighthouse.mjs [--runs N]      `make lighthouse` builds the release first; three runs by default
//
// The site is the release with the demo data. The performance is that of the median run. It depends on the load of
// the machine, so it is not part of the tests.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { launch } from 'chrome-launcher';
import lighthouse from 'lighthouse';

const WANTED = { performance: 95, accessibility: 100, 'best-practices': 100, seo: 100 };

const { values } = parseArgs({ options: { runs: { type: 'string', default: '3' } } });
const root = path.resolve(import.meta.dirname, '..');
const said = (script) => execFileSync(path.join(root, 'scripts', script), { encoding: 'utf8' }).trim();

const port = said('free-port.sh');
const site = `http://127.0.0.1:${port}`;
const release = path.resolve(root, process.env.CARGO_TARGET_DIR ?? 'target', 'release/mini-compete');

/** Waits until the site responds. */
async function answers() {
  for (;;) {
    const response = await fetch(`${site}/health`).catch(() => undefined);
    if (response?.ok) return;
    if (server.exitCode !== null) throw new Error('the site did not start');
  }
}

/** The scores of one run, 0 to 100, and the audits that failed. */
async function judge(address, debugging) {
  const { lhr } = await lighthouse(address, { port: debugging, onlyCategories: Object.keys(WANTED), logLevel: 'error' });
  const score = (category) => Math.round((lhr.categories[category]?.score ?? 0) * 100);
  const faults = Object.values(lhr.audits)
    .filter(({ score, scoreDisplayMode }) => score !== null && score < 0.9 && scoreDisplayMode !== 'informative')
    .map(({ id, displayValue }) => (displayValue ? `${id} (${displayValue})` : id));
  return { scores: Object.fromEntries(Object.keys(WANTED).map((category) => [category, score(category)])), faults };
}

const middle = (numbers) => numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)];

const server = spawn(path.join(import.meta.dirname, 'serve.sh'), {
  env: { ...process.env, E2E_PORT: port, E2E_BINARY: release },
  stdio: ['ignore', 'ignore', 'inherit'],
});
let chrome;
try {
  await answers();
  const [competition] = await (await fetch(`${site}/api/competitions`)).json();
  chrome = await launch({
    chromePath: said('find-chromium.sh'),
    chromeFlags: ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'],
  });
  for (const page of ['/competitions', `/competitions/${competition.id}`]) {
    const runs = [];
    for (let run = 0; run < Number(values.runs); run += 1) runs.push(await judge(site + page, chrome.port));
    for (const [category, wanted] of Object.entries(WANTED)) {
      const scores = runs.map(({ scores }) => scores[category]);
      const passed = middle(scores) >= wanted;
      console.log(`${passed ? 'ok  ' : 'LOW '} ${page.padEnd(52)} ${category.padEnd(16)} ${scores.join(' ')}`);
      if (!passed) process.exitCode = 1;
    }
    const faults = new Set(runs.flatMap(({ faults }) => faults));
    if (faults.size > 0) console.log(`     ${[...faults].join(', ')}`);
  }
} finally {
  chrome?.kill();
  server.kill('SIGTERM');
  await once(server, 'exit');
}
