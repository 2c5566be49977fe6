// Adds up the reports of the test runners and prints a table that ends with "N passed, N failed".
//
//   node scripts/test-totals.mjs steps.tsv
//
// A line of steps.tsv: title, report format, path of the report, outcome (ok, failed, not run), seconds.
// A step that failed without a failing test (a compile error, for example) counts as one failure, and so does a step
// that was not run or left no report. The exit code is 1 if anything failed.
import { existsSync, readFileSync } from 'node:fs';

const NOTHING = { passed: 0, failed: 0, skipped: 0 };

const formats = {
  // Not every runner writes totals, so the cases are counted.
  junit(text) {
    const total = { ...NOTHING };
    for (const [, inner = ''] of text.matchAll(/<testcase\b[^>]*?(?:\/>|>([^]*?)<\/testcase>)/g)) {
      if (/<(?:failure|error)\b/.test(inner)) total.failed += 1;
      else if (/<skipped\b/.test(inner)) total.skipped += 1;
      else total.passed += 1;
    }
    return total;
  },

  libtest(text) {
    const total = { ...NOTHING };
    for (const [, passed, failed, ignored] of text.matchAll(/^test result: .*?(\d+) passed; (\d+) failed; (\d+) ignored/gm)) {
      total.passed += Number(passed);
      total.failed += Number(failed);
      total.skipped += Number(ignored);
    }
    return total;
  },

  /** `{ "passed": 9, "failed": 0 }`, from scripts/check-weight.mjs. */
  checks(text) {
    return { ...NOTHING, ...JSON.parse(text) };
  },

  playwright(text) {
    const { stats, errors } = JSON.parse(text);
    return {
      passed: stats.expected,
      failed: stats.unexpected + stats.flaky + errors.length,
      skipped: stats.skipped,
    };
  },
};

function read([title, format, path, outcome, seconds]) {
  const reported = existsSync(path);
  const counts = reported ? formats[format](readFileSync(path, 'utf8')) : { ...NOTHING };
  if (counts.failed === 0 && (outcome !== 'ok' || !reported)) counts.failed = 1;
  return { title, outcome, seconds, ...counts };
}

const steps = readFileSync(process.argv[2], 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => read(line.split('\t')));

for (const { title, outcome, seconds, passed, failed, skipped } of steps) {
  const andSkipped = skipped > 0 ? `, ${skipped} skipped` : '';
  const detail = outcome === 'not run' ? 'not run' : `${passed} passed, ${failed} failed${andSkipped} in ${seconds} s`;
  console.log(`${title}: ${detail}`);
}
const sum = (key) => steps.reduce((total, step) => total + step[key], 0);
console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
process.exitCode = sum('failed') > 0 ? 1 : 0;
