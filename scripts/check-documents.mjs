// Checks that the documents name only what exists:
//
// - every relative link, and its anchor;
// - every path in backticks that begins with a folder of the root;
// - every `make` target, also in the workflows;
// - every variable in backticks or in front of a command: some file that is no document reads or sets it.
//
// Placeholders (`<noun>`), globs and addresses are skipped. The commands of the program are checked by
// server/tests/it/documents.rs.
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
const read = (file) => readFileSync(path.join(root, file), 'utf8');
const documents = [...files].filter((file) => file.endsWith('.md'));
const workflows = [...files].filter((file) => /^\.github\/.*\.yml$/.test(file));

/** The lines of a document, and whether each is in a block of code. */
function lines(document) {
  let isCode = false;
  return read(document)
    .split('\n')
    .map((text, index) => {
      const isFence = text.trimStart().startsWith('```');
      if (isFence) isCode = !isCode;
      return { text, line: index + 1, isCode: isCode && !isFence };
    });
}

/** The anchors of a document, made of its headings like the sites that host repositories do. */
const anchors = new Map();
for (const document of documents) {
  const names = new Set();
  for (const { text, isCode } of lines(document)) {
    const heading = !isCode && text.match(/^#{1,6} (.*)$/)?.[1];
    if (!heading) continue;
    const words = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const name = words.replace(/[^\p{L}\p{N}\p{M}_ -]/gu, '').replaceAll(' ', '-');
    let unique = name;
    for (let copy = 1; names.has(unique); copy += 1) unique = `${name}-${copy}`;
    names.add(unique);
  }
  anchors.set(document, names);
}

const targets = new Set(read('Makefile').match(/^[a-z][a-z0-9-]*(?=:)/gm));
// Words of files that are no documents; pictures and lock files hold no variables.
const sources = [...files].filter((file) => !/\.(md|png|ico|woff2|snap|json)$|\.lock$/.test(file));
const variables = new Set(sources.flatMap((file) => read(file).match(/\b[A-Z][A-Z0-9]*_[A-Z0-9_]*[A-Z0-9]\b/g) ?? []));
for (const [, name] of read('.env.example').matchAll(/^#?([A-Z][A-Z0-9_]*)=/gm)) variables.add(name);

// Of OpenTelemetry, Grafana, insta and Linux.
const isForeign = (name) => /^(OTEL|GF|INSTA|TCP)_/.test(name);

/** The targets of the links and pictures in a line, also of link definitions and of HTML. */
function linked(text) {
  const prose = text.replace(/`[^`]*`/g, '');
  const forms = [/\]\(<?([^)\s>]+)>?(?: "[^"]*")?\)/g, /^ *\[[^\]]+\]: <?([^\s>]+)/g, /\b(?:href|src)="([^"]+)"/g];
  return forms.flatMap((form) => [...prose.matchAll(form)].map(([, target]) => target));
}

const problems = [];
let checked = 0;
const check = (place, name, exists) => {
  checked += 1;
  if (!exists) problems.push(`${place}: there is no ${name}`);
};

for (const document of documents) {
  for (const { text, line, isCode } of lines(document)) {
    const place = `${document}:${line}`;
    const code = isCode ? [text] : [...text.matchAll(/`([^`]+)`/g)].map(([, span]) => span);
    for (const span of code) {
      for (const [, target] of span.matchAll(/(?:^|[;&|(]|=\S+) *make ([a-z][a-z0-9-]*)/g)) check(place, `make ${target}`, targets.has(target));
      for (const [, name] of span.matchAll(/(?:^|[\s({,;])([A-Z][A-Z0-9]*_[A-Z0-9_]*[A-Z0-9])(?=$|[=\s`,;:)}])/g)) {
        check(place, `variable ${name}`, variables.has(name) || isForeign(name));
      }
      for (const [, name] of span.matchAll(/^(?:export )?([A-Z][A-Z0-9]{2,})=\S* (?:\S+=\S* )*(?:mini-compete|make|docker)\b/g)) {
        check(place, `variable ${name}`, variables.has(name) || sources.some((file) => new RegExp(`\\b${name}\\b`).test(read(file))));
      }
    }
    if (isCode) continue;
    for (const target of linked(text)) {
      if (/^\w+:/.test(target)) continue;
      const [name, anchor] = target.split('#');
      const file = name ? path.join(path.dirname(document), name).replace(/\/$/, '') : document;
      check(place, file, files.has(file) || folders.has(file));
      if (anchor && anchors.has(file)) check(place, `heading for #${anchor} in ${file}`, anchors.get(file).has(anchor));
    }
    for (const name of code) {
      if (!/^[\w.-]+\/[\w./-]*$/.test(name) || !folders.has(name.split('/')[0])) continue;
      check(place, name, files.has(name.replace(/\/$/, '')) || folders.has(name.replace(/\/$/, '')));
    }
  }
}
for (const workflow of workflows) {
  for (const [index, text] of read(workflow).split('\n').entries()) {
    const target = text.match(/\brun: make ([a-z][a-z0-9-]*)/)?.[1];
    if (target) check(`${workflow}:${index + 1}`, `make ${target}`, targets.has(target));
  }
}

for (const problem of problems) console.error(`documents: ${problem}`);
if (problems.length > 0) process.exit(1);
console.log(`documents: ok (${checked} links, paths, targets and variables in ${documents.length} documents)`);
