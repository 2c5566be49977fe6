// Measures the files of the release site that browsers load, compressed with brotli, and fails when a limit is exceeded.
//
//   node scripts/check-weight.mjs [--write] [--report FILE]      `make weight` builds the site first
//
// Two limits: a budget, and 5 % more than docs/weight.json, the accepted sizes; --write accepts the present ones.
// A KB is 1000 bytes.
//
//   wasm      the file that every page loads first. It has a budget only: moving code between it and the others is no
//             growth.
//   all wasm  all wasm files; each of the others is loaded with the first page that needs it
//   js, css   all files of the kind
//
// It also checks that every file below /pkg has a hash in its name, because browsers cache these files for ever.
// The report says how many checks passed and failed.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';

const BUDGETS = { wasm: 240_000, js: 9_000, css: 15_000 }; // bytes
const GROWTH = 1.05;

const root = path.resolve(import.meta.dirname, '..');
const RECORD = path.join(root, 'docs/weight.json');
const release = path.resolve(root, process.env.CARGO_TARGET_DIR ?? 'target', 'release');
const PKG = path.join(release, 'site/pkg');

const { values: options } = parseArgs({ options: { write: { type: 'boolean' }, report: { type: 'string' } } });

/** The size of a file as a browser loads it: of its brotli copy, or of one made here. */
function weightOf(file) {
  const content = readFileSync(path.join(PKG, file));
  const copy = path.join(PKG, `${file}.br`);
  if (!existsSync(copy)) {
    return brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;
  }
  const compressed = readFileSync(copy);
  if (!brotliDecompressSync(compressed).equals(content)) throw new Error(`${copy} is of another build: remove ${PKG}`);
  return compressed.length;
}

// cargo-leptos records the hashes of the main files: `wasm: 2NydsHgqYdqV0gmhhZMPiA`.
const hashes = Object.fromEntries(
  readFileSync(path.join(release, 'hash.txt'), 'utf8').trim().split('\n').map((line) => line.split(': ')),
);
const isOf = (file, extension) => path.extname(file) === `.${extension}`;
const isMain = (file) => file === `mini-compete.${hashes.wasm}.wasm`;

// The folder also holds compressed copies, and types for editors.
const files = readdirSync(PKG).filter((file) => /\.(css|js|json|wasm)$/.test(file));
if (!files.some(isMain)) throw new Error(`${PKG} has no main wasm file: is the build whole?`);

const kinds = {
  wasm: isMain,
  'all wasm': (file) => isOf(file, 'wasm'),
  js: (file) => isOf(file, 'js'),
  css: (file) => isOf(file, 'css'),
};
const weights = Object.fromEntries(files.map((file) => [file, weightOf(file)]));
const sums = Object.fromEntries(
  Object.entries(kinds).map(([kind, isOfKind]) => [
    kind,
    files.filter(isOfKind).reduce((sum, file) => sum + weights[file], 0),
  ]),
);

const record = existsSync(RECORD) ? JSON.parse(readFileSync(RECORD, 'utf8')) : {};
const checks = [];
const check = (passed, problem) => checks.push(passed ? undefined : problem);

for (const [kind, bytes] of Object.entries(sums)) {
  const budget = BUDGETS[kind];
  if (budget) check(bytes <= budget, `${kind}: ${bytes} bytes are more than the budget of ${budget}.`);
  if (kind !== 'wasm' && !options.write) {
    check(
      bytes <= Math.floor((record[kind] ?? 0) * GROWTH),
      `${kind}: ${bytes} bytes are over 5 % more than the accepted ${record[kind] ?? 0}. To accept the growth: make weight ARGS=--write`,
    );
  }
}
for (const file of files) {
  check(/\.[\w-]{22}\.\w+$/.test(file), `${file}: has no hash in its name, and browsers would cache it for ever.`);
}

const chunks = files
  .filter((file) => isOf(file, 'wasm') && !isMain(file))
  .sort((one, other) => weights[other] - weights[one]);
console.log('bytes, brotli      budget    accepted');
for (const [kind, bytes] of Object.entries(sums)) {
  const column = (value, width) => String(value ?? '').padStart(width);
  console.log(`${kind.padEnd(8)}${column(bytes, 10)}${column(BUDGETS[kind], 10)}${column(record[kind], 12)}`);
}
for (const file of chunks) console.log(`  ${file}: ${weights[file]}`);

if (options.write) writeFileSync(RECORD, `${JSON.stringify(sums, null, 2)}\n`);
const problems = checks.filter((problem) => problem !== undefined);
for (const problem of problems) console.error(`weight: ${problem}`);
if (options.report) {
  writeFileSync(options.report, JSON.stringify({ passed: checks.length - problems.length, failed: problems.length }));
}
process.exitCode = problems.length > 0 ? 1 : 0;
