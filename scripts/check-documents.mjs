// Checks that the documents name only files of the repository: every relative link, and every path in backticks that
// begins with a folder of the root. Placeholders (`<noun>`), globs and addresses are skipped.
//
//   node scripts/check-documents.mjs
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' });
// A file that was deleted and not yet committed is still listed.
const files = new Set(listed.split('\n').filter((file) => file && existsSync(path.join(root, file))));
const folders = new Set();
for (const file of files) {
  for (let folder = path.dirname(file); folder !== '.'; folder = path.dirname(folder)) folders.add(folder);
}
const isHere = (name) => files.has(name) || folders.has(name);

const problems = [];
let checked = 0;
for (const document of [...files].filter((file) => file.endsWith('.md'))) {
  const check = (line, name) => {
    checked += 1;
    if (!isHere(name)) problems.push(`${document}:${line}: there is no ${name}`);
  };
  let isCode = false;
  for (const [index, text] of readFileSync(path.join(root, document), 'utf8').split('\n').entries()) {
    if (text.trimStart().startsWith('```')) isCode = !isCode;
    if (isCode) continue;
    for (const [, target] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^(\w+:|#)/.test(target)) continue;
      check(index + 1, path.join(path.dirname(document), target.replace(/#.*$/, '')).replace(/\/$/, ''));
    }
    for (const [, name] of text.matchAll(/`([\w.-]+\/[\w./-]*)`/g)) {
      if (folders.has(name.split('/')[0])) check(index + 1, name.replace(/\/$/, ''));
    }
  }
}
for (const problem of problems) console.error(`documents: ${problem}`);
if (problems.length > 0) process.exit(1);
console.log(`documents: ok (${checked} links and paths)`);
