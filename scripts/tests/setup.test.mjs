// setup.sh takes the published program of a tool if its checksum is right, and compiles the tool if not. The releases
// come from a server of the test, and `cargo install` is a stand-in that writes a line instead of compiling.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, beforeEach, test } from 'node:test';

const root = path.resolve(import.meta.dirname, '../..');
const version = (tool) => readFileSync(path.join(root, 'setup.sh'), 'utf8').match(new RegExp(`^readonly ${tool}_VERSION=(.*)$`, 'm'))[1];
const LEPTOS = `cargo-leptos ${version('CARGO_LEPTOS')}`;

/** What the server answers: the end of a path → its content. Anything else is 404. */
const released = new Map();
let requests = [];
const server = createServer((request, response) => {
  requests.push(request.url);
  const [, content] = [...released].find(([end]) => request.url.endsWith(end)) ?? [];
  response.writeHead(content ? 200 : 404).end(content);
});
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const releases = `http://127.0.0.1:${server.address().port}`;

let home;
const homes = [];
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'mini-compete-setup.'));
  homes.push(home);
  released.clear();
  requests = [];
  mkdirSync(path.join(home, 'stand-ins'));
  program(path.join(home, 'stand-ins/cargo'), [
    'case $1 in',
    `  install) echo "$*" >>"${home}/compiled"; printf '#!/bin/sh\\necho "$INSTALLS"\\n' >"$CARGO_HOME/bin/$2"; chmod 755 "$CARGO_HOME/bin/$2" ;;`,
    '  *) PATH="$CARGO_HOME/bin" exec "cargo-$@" ;;',
    'esac',
  ]);
  mkdirSync(path.join(home, 'bin'));
});
after(() => {
  server.close();
  for (const folder of homes) rmSync(folder, { recursive: true });
});

function program(file, lines) {
  writeFileSync(file, ['#!/bin/bash', ...lines, ''].join('\n'));
  chmodSync(file, 0o755);
}

/** An archive like those of cargo-leptos, whose program says `says`. */
function archive(says, name = 'cargo-leptos') {
  const folder = path.join(home, 'release', `${name}-for-this-machine`);
  mkdirSync(folder, { recursive: true });
  program(path.join(folder, name), says);
  const { stdout } = spawnSync('tar', ['-czf', '-', '-C', path.join(home, 'release'), '.']);
  return stdout;
}

const sha256 = (content) => createHash('sha256').update(content).digest('hex');

/** Runs one step of setup.sh. */
async function setup(step, variables = {}) {
  const child = spawn(path.join(root, 'setup.sh'), ['step', step], {
    env: {
      PATH: `${home}/stand-ins:/usr/bin:/bin`,
      HOME: home,
      CARGO_HOME: home,
      SETUP_RELEASES: releases,
      INSTALLS: LEPTOS,
      ...variables,
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data));
  const status = await new Promise((closed) => child.on('close', closed));
  return { output, status };
}

const compiled = () => existsSync(path.join(home, 'compiled'));

test('setup installs the published program when its checksum is right', async () => {
  const content = archive([`echo "${LEPTOS}"`]);
  released.set('.tar.gz', content).set('.tar.gz.sha256', `${sha256(content)} *cargo-leptos.tar.gz\n`);
  const { output, status } = await setup('cargo_leptos');
  assert.equal(status, 0, output);
  assert.ok(!compiled(), output);
  assert.match(output, /cargo-leptos +installing: .*published for this machine: http/);
  assert.match(readFileSync(path.join(home, 'bin/cargo-leptos'), 'utf8'), new RegExp(LEPTOS));
  // The second run finds it and asks nobody.
  requests = [];
  await setup('cargo_leptos');
  assert.deepEqual(requests, []);
});

test('setup refuses a published program with a wrong checksum and compiles the tool', async () => {
  const content = archive([`touch "${home}/executed"`]);
  released.set('.tar.gz', content).set('.tar.gz.sha256', `${sha256('another archive')}  cargo-leptos.tar.gz\n`);
  const { output, status } = await setup('cargo_leptos');
  assert.equal(status, 0, output);
  assert.match(output, /refused: its SHA-256 is/);
  assert.ok(compiled(), output);
  assert.ok(!existsSync(path.join(home, 'executed')), 'the refused program was executed');
});

test('setup refuses a published program without a checksum and compiles the tool', async () => {
  released.set('.tar.gz', archive([`echo "${LEPTOS}"`]));
  const { output } = await setup('cargo_leptos');
  assert.match(output, /refused: its release publishes no checksum/);
  assert.ok(compiled(), output);
});

test('setup prefers the checksum in the repository to the one of the release', async () => {
  const content = archive(['echo cargo-nextest'], 'cargo-nextest');
  released.set('.tar.gz', content).set('.tar.gz.sha256', `${sha256(content)}\n`);
  const { output } = await setup('cargo_nextest');
  assert.match(output, /refused: its SHA-256 is/);
  assert.ok(compiled(), output);
  assert.ok(requests.every((url) => !url.endsWith('.sha256')), requests.join());
});

test('setup compiles a tool whose published program does not run here', async () => {
  const content = archive(['exit 127']);
  released.set('.tar.gz', content).set('.tar.gz.sha256', `${sha256(content)}\n`);
  const { output } = await setup('cargo_leptos');
  assert.match(output, /does not run here/);
  assert.ok(compiled(), output);
});

test('setup compiles a tool when the releases cannot be reached, and says how long that takes', async () => {
  // Nothing listens there.
  const { output, status } = await setup('cargo_leptos', { SETUP_RELEASES: 'http://127.0.0.1:9' });
  assert.equal(status, 0, output);
  assert.match(output, /cannot be reached/);
  assert.match(output, /compiled from source, once: about 10 minutes on two cores/);
  assert.match(readFileSync(path.join(home, 'compiled'), 'utf8'), /^install cargo-leptos --version .* --locked/);
});
