// Tests of scripts/shorten-imports.mjs, on a site with a wasm file that imports one function of each side.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';

const SCRIPT = path.resolve(import.meta.dirname, '../shorten-imports.mjs');
const LONG = '__wbg_focus_0a8d513ea5d8338e';
const [JS, WASM, SPLIT] = ['j', 'w', 's'].map((letter) => letter.repeat(22));

const text = (value) => [value.length, ...Buffer.from(value)];
const section = (id, content) => [id, content.length, ...content];
/** `(import MODULE NAME (func))` for each, and an export `run` that calls the first. */
const wasm = (...imports) =>
  Buffer.from([
    ...Buffer.from('\0asm'), 1, 0, 0, 0,
    ...section(1, [1, 0x60, 0, 0]),
    ...section(2, [imports.length, ...imports.flatMap(([module, name]) => [...text(module), ...text(name), 0, 0])]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...text('run'), 0, imports.length]),
    ...section(10, [1, 4, 0, 0x10, 0, 0x0b]),
  ]);

let target, pkg;
beforeEach(() => {
  target = mkdtempSync(path.join(tmpdir(), 'shorten-imports-'));
  pkg = path.join(target, 'release/site/pkg');
  mkdirSync(pkg, { recursive: true });
  writeFileSync(path.join(target, 'release/hash.txt'), `js: ${JS}\nwasm: ${WASM}\ncss: c\nsplit: ${SPLIT}\n`);
  const imports = [['./mini-compete_bg.js', LONG], [`./__wasm_split.${SPLIT}.js`, '__wasm_split_load_own']];
  writeFileSync(path.join(pkg, `mini-compete.${WASM}.wasm`), wasm(...imports));
  writeFileSync(path.join(pkg, `__wasm_split.${SPLIT}.js`), `import { initSync } from "./mini-compete.${JS}.js";\n`);
  writeJs(`import*as s from"./__wasm_split.${SPLIT}.js";let i={${LONG}:()=>1,__wbindgen_malloc:2}`);
});
afterEach(() => rmSync(target, { recursive: true }));

const writeJs = (content) => writeFileSync(path.join(pkg, `mini-compete.${JS}.js`), content);

const run = () =>
  spawnSync(process.execPath, [SCRIPT], { encoding: 'utf8', env: { ...process.env, CARGO_TARGET_DIR: target } });

/** The content of the only file with this beginning and end. */
function only(beginning, end) {
  const found = readdirSync(pkg).filter((file) => file.startsWith(beginning) && file.endsWith(end));
  assert.equal(found.length, 1, `${found}`);
  return { file: found[0], content: readFileSync(path.join(pkg, found[0])) };
}

test('imports get short names in the JS and in the wasm file, which still calls them', async () => {
  const { status, stdout, stderr } = run();

  assert.equal(status, 0, stderr);
  assert.match(stdout, /Shortened the names of 1 imports\./);
  const js = only('mini-compete.', '.js').content.toString();
  assert.match(js, /\{_0:\(\)=>1,__wbindgen_malloc:2\}/);
  const split = only('__wasm_split.', '.js').file;
  let calls = 0;
  const imports = { './mini-compete_bg.js': { _0: () => calls++ }, [`./${split}`]: { __wasm_split_load_own() {} } };
  const { instance } = await WebAssembly.instantiate(only('mini-compete.', '.wasm').content, imports);
  instance.exports.run();
  assert.equal(calls, 1);
});

test('the files have new hashes in their names, and refer to each other by them', () => {
  run();

  const [js, main, split] = [only('mini-compete.', '.js'), only('mini-compete.', '.wasm'), only('__wasm_split.', '.js')];
  const hashes = readFileSync(path.join(target, 'release/hash.txt'), 'utf8');
  for (const { file } of [js, main, split]) {
    const hash = file.split('.')[1];
    assert.match(hash, /^[\w-]{22}$/);
    assert.ok(hashes.includes(hash), `${hashes} has no ${hash}`);
  }
  for (const old of [JS, WASM, SPLIT]) {
    for (const { content } of [js, main, split]) assert.ok(!content.includes(old));
    assert.ok(!hashes.includes(old));
  }
  assert.ok(js.content.includes(split.file) && split.content.includes(js.file));
  assert.match(hashes, /^css: c$/m);
});

test('the compressed copies have the new content', () => {
  run();

  for (const { file, content } of [only('mini-compete.', '.js'), only('mini-compete.', '.wasm')]) {
    assert.deepEqual(brotliDecompressSync(readFileSync(path.join(pkg, `${file}.br`))), content);
    assert.deepEqual(gunzipSync(readFileSync(path.join(pkg, `${file}.gz`))), content);
  }
});

for (const [problem, js, message] of [
  ['lacks an import', 'let i={}', /does not have __wbg_focus_0a8d513ea5d8338e/],
  ['uses a short name itself', `let _0=1,i={${LONG}:_0}`, /uses short names itself/],
]) {
  test(`a JS file that ${problem} is refused, and nothing is written`, () => {
    writeJs(js);
    const before = readdirSync(pkg);

    const { status, stderr } = run();

    assert.equal(status, 1);
    assert.match(stderr, message);
    assert.deepEqual(readdirSync(pkg), before);
  });
}

test('a release that was not built is an error that says what to do', () => {
  rmSync(path.join(pkg, `mini-compete.${WASM}.wasm`));

  const { status, stderr } = run();

  assert.equal(status, 1);
  assert.match(stderr, /is missing: build the release first/);
});
