// Checks that the modules of each crate have no cycles: when something below `a` refers to something below its sibling
// `b`, nothing below `b` may refer to something below `a`, directly or through other siblings.
//
//   node scripts/check-module-cycles.mjs [--list]
//
// --list prints every reference that is part of a cycle, with its file.
//
// The references of a composition root are not followed: it owns the state that the requests of a process share (caches,
// combiners, limiters), each of a type of the module that uses it, and constructs it; it calls nothing else of them.
//
// A reference is a path that begins with `crate`, `self` or `super`, in a `use` or in code; re-exports are followed to
// the module that defines the item. A module may refer to its ancestors and to its descendants. Tests are not checked.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

const root = path.resolve(import.meta.dirname, '..');
const COMPOSITION_ROOTS = ['service: context'];
const { values: options } = parseArgs({ options: { list: { type: 'boolean' } } });
const sources = execFileSync('git', ['ls-files', '*/src/*.rs'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((file) => file && !file.includes('/src/bin/') && existsSync(path.join(root, file)));

const TEST_ONLY = /#\[cfg\((?:test|feature = "test-support"|any\(test, feature = "test-support"\))\)\]/g;

/** The text without comments, strings and items that only tests compile, and the names of modules among those. */
function strip(text) {
  let rest = text
    .replace(TEST_ONLY, '#[TEST]')
    .replace(/\br(#*)"[\s\S]*?"\1|"(?:\\[\s\S]|[^"\\])*"|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (found) => (found[0] === '/' ? ' ' : '""'))
    .replace(/'(?:\\.|[^'\\])'/g, "' '");
  let kept = '';
  const tests = [];
  for (let start = rest.indexOf('#[TEST]'); start >= 0; start = rest.indexOf('#[TEST]')) {
    // To the end of the item: a `;` outside of braces, or the brace that closes the first one.
    let depth = 0;
    let end = start;
    for (; end < rest.length; end += 1) {
      if (rest[end] === '{') depth += 1;
      else if (rest[end] === '}' && (depth -= 1) === 0) break;
      else if (rest[end] === ';' && depth === 0) break;
    }
    const module = rest.slice(start, end + 1).match(/\bmod\s+(\w+)\s*;$/);
    if (module) tests.push(module[1]);
    kept += rest.slice(0, start);
    rest = rest.slice(end + 1);
  }
  return { text: kept + rest, tests };
}

/** The paths of a `use` tree, each with the name that it gets here: `a::{b, c as d}` → [[a, b], b], [[a, c], d]. */
function expand(tree, before = []) {
  const text = tree.trim();
  const brace = text.indexOf('{');
  if (brace >= 0) {
    const head = text.slice(0, brace).split('::').map((part) => part.trim()).filter(Boolean);
    const parts = [];
    let depth = 0;
    let part = '';
    for (const char of text.slice(brace + 1, text.lastIndexOf('}'))) {
      if (char === '{') depth += 1;
      if (char === '}') depth -= 1;
      if (char === ',' && depth === 0) {
        parts.push(part);
        part = '';
      } else part += char;
    }
    return [...parts, part].filter((one) => one.trim()).flatMap((one) => expand(one, [...before, ...head]));
  }
  const [full, alias] = text.split(/\s+as\s+/);
  const segments = [...before, ...full.split('::').map((part) => part.trim()).filter(Boolean)];
  if (segments.at(-1) === 'self') segments.pop();
  return [[segments, alias ?? segments.at(-1)]];
}

function read(crate, file) {
  const inside = file.slice(`${crate}/src/`.length).replace(/\.rs$/, '').split('/');
  if (['mod', 'lib', 'main'].includes(inside.at(-1))) inside.pop();
  const { text, tests } = strip(readFileSync(path.join(root, file), 'utf8'));
  const uses = [...text.matchAll(/\buse\s+([^;]+);/g)].flatMap(([, tree]) => expand(tree));
  const code = text.replace(/\buse\s+[^;]+;/g, ' ');
  const paths = [...code.matchAll(/\b(?:crate|self|super)(?:\s*::\s*[A-Za-z_]\w*)+/g)];
  return {
    file,
    module: inside,
    tests: tests.map((name) => [...inside, name].join('::')),
    uses,
    paths: paths.map(([found]) => found.split('::').map((part) => part.trim())),
  };
}

/** Strongly connected components of more than one node (Tarjan). */
function cycles(nodes, edges) {
  const index = new Map();
  const low = new Map();
  const stack = [];
  const found = [];
  const visit = (node) => {
    index.set(node, index.size);
    low.set(node, index.get(node));
    stack.push(node);
    for (const next of edges.get(node)?.keys() ?? []) {
      if (!index.has(next)) visit(next);
      if (stack.includes(next)) low.set(node, Math.min(low.get(node), low.get(next)));
    }
    if (low.get(node) === index.get(node)) {
      const component = stack.splice(stack.indexOf(node));
      if (component.length > 1) found.push(component);
    }
  };
  for (const node of nodes) if (!index.has(node)) visit(node);
  return found;
}

function check(crate) {
  const modules = new Map();
  for (const file of sources.filter((source) => source.startsWith(`${crate}/src/`))) {
    const one = read(crate, file);
    const key = one.module.join('::');
    const earlier = modules.get(key);
    // A crate with lib.rs and main.rs has two roots; together they are the top.
    if (earlier) {
      earlier.uses.push(...one.uses);
      earlier.paths.push(...one.paths);
    } else modules.set(key, one);
  }

  const tests = [...modules.values()].flatMap((module) => module.tests);
  for (const key of modules.keys()) {
    if (tests.some((test) => key === test || key.startsWith(`${test}::`))) modules.delete(key);
  }

  /** A path as seen from a module, from the root of the crate on; undefined for another crate. */
  const absolute = (from, segments) => {
    let [first, ...rest] = segments;
    if (first === 'crate') return rest;
    if (first === 'self') return [...from, ...rest];
    if (first === 'super') {
      let base = from.slice(0, -1);
      while (rest[0] === 'super') {
        base = base.slice(0, -1);
        rest = rest.slice(1);
      }
      return [...base, ...rest];
    }
    return modules.has([...from, first].join('::')) ? [...from, ...segments] : undefined;
  };

  /** The module that defines what a path names. */
  const resolve = (segments, seen = new Set()) => {
    let depth = 0;
    while (depth < segments.length && modules.has(segments.slice(0, depth + 1).join('::'))) depth += 1;
    const module = segments.slice(0, depth);
    const name = segments[depth];
    const key = [...module, name].join('::');
    const use = modules.get(module.join('::'))?.uses.find(([, alias]) => alias === name);
    if (name === undefined || use === undefined || seen.has(key)) return module;
    const target = absolute(module, use[0]);
    return target === undefined ? module : resolve(target, seen.add(key));
  };

  const references = new Map();
  for (const { file, module, uses, paths } of modules.values()) {
    for (const segments of [...uses.map(([used]) => used), ...paths]) {
      const named = absolute(module, segments);
      if (named === undefined) continue;
      const target = resolve(named);
      let common = 0;
      while (common < module.length && common < target.length && module[common] === target[common]) common += 1;
      if (common === module.length || common === target.length) continue;
      const parent = module.slice(0, common).join('::');
      const [from, to] = [module[common], target[common]];
      if (COMPOSITION_ROOTS.includes(`${[crate, parent].filter(Boolean).join('::')}: ${from}`)) continue;
      const edges = references.get(parent) ?? references.set(parent, new Map()).get(parent);
      const targets = edges.get(from) ?? edges.set(from, new Map()).get(from);
      const where = targets.get(to) ?? targets.set(to, []).get(to);
      where.push(`${file}: ${segments.join('::')}`);
    }
  }

  const found = [];
  for (const [parent, edges] of references) {
    for (const component of cycles([...edges.keys()], edges)) {
      for (const from of component) {
        for (const [to, where] of edges.get(from) ?? []) {
          if (component.includes(to)) found.push([`${[crate, parent].filter(Boolean).join('::')}: ${from} → ${to}`, where]);
        }
      }
    }
  }
  return found;
}

const crates = [...new Set(sources.map((file) => file.split('/')[0]))];
const found = new Map(crates.flatMap(check).sort());
if (options.list) for (const [reference, where] of found) console.log(`${reference}\n  ${where.join('\n  ')}`);
for (const [reference, where] of found) console.error(`module cycles: ${reference} is part of a cycle: ${where.slice(0, 3).join(', ')}`);
if (found.size > 0) process.exit(1);
console.log('module cycles: ok');
