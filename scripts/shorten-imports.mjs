// Shortens the names of the functions that the main wasm file of the release imports from its JS file.
//
//   node scripts/shorten-imports.mjs        after `cargo leptos build --release --split --precompress`
//
// wasm-bindgen names each import `__wbg_focus_0a8d513ea5d8338e`. The digits cannot be compressed, and browsers load them
// with every page: they are more than a quarter of the JS. wasm-opt can shorten them (`--minify-imports`), but
// cargo-leptos runs it after it has written the JS.
//
// The files get new names, because browsers cache them for ever: the hash of cargo-leptos, hashed together with this
// script.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const root = path.resolve(import.meta.dirname, '..');
const release = path.resolve(root, process.env.CARGO_TARGET_DIR ?? 'target', 'release');
const PKG = path.join(release, 'site/pkg');
const HASHES = path.join(release, 'hash.txt');
/** The module of the imports, in the wasm file of a project whose output is `mini-compete`. */
const MODULE = './mini-compete_bg.js';
/** https://webassembly.github.io/spec/core/binary/modules.html#sections */
const IMPORT_SECTION = 2;

/** An unsigned integer in LEB128, and where it ends. */
function readInteger(bytes, at) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return [value, at];
  }
}

function integer(value) {
  const bytes = [];
  for (; value >= 0x80; value = Math.floor(value / 0x80)) bytes.push((value % 0x80) | 0x80);
  return Buffer.from([...bytes, value]);
}

/** A name: its length and its text. */
const name = (text) => Buffer.concat([integer(Buffer.byteLength(text)), Buffer.from(text)]);

function readName(bytes, at) {
  const [length, start] = readInteger(bytes, at);
  return [bytes.toString('utf8', start, start + length), start + length];
}

/** Where the description of an import ends that begins at `at`: its kind, and a type. */
function endOfDescription(bytes, at) {
  const kind = bytes[at++];
  const limits = () => {
    const [flags, minimum] = readInteger(bytes, at);
    const [, end] = readInteger(bytes, minimum);
    return (flags & 1) === 0 ? end : readInteger(bytes, end)[1];
  };
  switch (kind) {
    case 0: // a function: the number of its type
      return readInteger(bytes, at)[1];
    case 1: // a table: the type of its elements, and limits
      at += 1;
      return limits();
    case 2: // a memory
      return limits();
    case 3: // a global: its type, and whether it changes
      return at + 2;
    default:
      throw new Error(`an import of the unknown kind ${kind}`);
  }
}

/** The wasm file with other names of imports: `rename` gets a module and a name, and returns both. */
function renameImports(wasm, rename) {
  const parts = [wasm.subarray(0, 8)];
  for (let at = 8; at < wasm.length; ) {
    const [length, start] = readInteger(wasm, at + 1);
    const end = start + length;
    if (wasm[at] === IMPORT_SECTION) {
      let [count, next] = readInteger(wasm, start);
      const content = [integer(count)];
      for (; count > 0; count--) {
        const [module, field] = readName(wasm, next);
        const [imported, description] = readName(wasm, field);
        next = endOfDescription(wasm, description);
        content.push(...rename(module, imported).map(name), wasm.subarray(description, next));
      }
      if (next !== end) throw new Error('the imports do not end with their section');
      const section = Buffer.concat(content);
      parts.push(Buffer.from([IMPORT_SECTION]), integer(section.length), section);
    } else {
      parts.push(wasm.subarray(at, end));
    }
    at = end;
  }
  return Buffer.concat(parts);
}

const hashes = Object.fromEntries(
  readFileSync(HASHES, 'utf8').trim().split('\n').map((line) => line.split(': ')),
);
const script = readFileSync(import.meta.filename);
const hashAgain = (hash) => createHash('sha256').update(hash).update(script).digest('base64url').slice(0, hash.length);
// The other wasm files import from none of these.
const newHashes = new Map([hashes.js, hashes.wasm, hashes.split].map((hash) => [hash, hashAgain(hash)]));
const anyHash = new RegExp([...newHashes.keys()].join('|'), 'g');
const withNewHashes = (text) => text.replace(anyHash, (hash) => newHashes.get(hash));

const jsFile = `mini-compete.${hashes.js}.js`;
const wasmFile = `mini-compete.${hashes.wasm}.wasm`;
const splitFile = `__wasm_split.${hashes.split}.js`;
for (const file of [jsFile, wasmFile, splitFile]) {
  if (!existsSync(path.join(PKG, file))) throw new Error(`${path.join(PKG, file)} is missing: build the release first`);
}

const wasm = readFileSync(path.join(PKG, wasmFile));
const imports = WebAssembly.Module.imports(new WebAssembly.Module(wasm));
const own = imports.filter(({ module }) => module === MODULE).map((entry) => entry.name);
const short = new Map(own.map((entry, number) => [entry, `_${number.toString(36)}`]));
let js = readFileSync(path.join(PKG, jsFile), 'utf8');
if (/(?<![\w$])_[0-9a-z]{1,2}(?![\w$])/.test(js)) throw new Error(`${jsFile} uses short names itself`);
const used = new Set();
js = js.replace(/(?<![\w$])__wb[\w$]+/g, (entry) => {
  if (short.has(entry)) used.add(entry);
  return short.get(entry) ?? entry;
});
const missing = own.filter((entry) => !used.has(entry));
if (missing.length > 0) throw new Error(`${jsFile} does not have ${missing.join(', ')}`);

function write(entry, content) {
  const target = path.join(PKG, withNewHashes(entry));
  for (const copy of ['', '.br', '.gz']) rmSync(path.join(PKG, entry + copy), { force: true });
  const bytes = Buffer.from(content);
  const quality = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
  writeFileSync(target, bytes);
  writeFileSync(`${target}.br`, brotliCompressSync(bytes, { params: quality }));
  writeFileSync(`${target}.gz`, gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION }));
}
const rename = (module, imported) =>
  module === MODULE ? [module, short.get(imported)] : [withNewHashes(module), imported];
const renamed = renameImports(wasm, rename);
new WebAssembly.Module(renamed); // It is valid.
write(jsFile, withNewHashes(js));
write(wasmFile, renamed);
write(splitFile, withNewHashes(readFileSync(path.join(PKG, splitFile), 'utf8')));
writeFileSync(HASHES, withNewHashes(readFileSync(HASHES, 'utf8')));
console.log(`Shortened the names of ${own.length} imports.`);
