import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from '../support/fixtures.ts';
import { FALLBACK } from '../support/page-state.ts';
import { PAGES, PAGE_STATES } from '../support/page-states.ts';

const SITE = path.resolve(import.meta.dirname, '../../app/src/site.rs');

/** `path!("/competitions/:id")` */
const ROUTE = /\bpath!\("([^"]*)"\)/g;

test('every route of the site has a file in pages/', { tag: '@js' }, async () => {
  const routes = [...(await readFile(SITE, 'utf8')).matchAll(ROUTE)].map(([, route]) => route);
  expect(routes).toContain('/competitions/:id');

  const known = PAGES.map(({ route }) => route);
  expect(known, 'pages/ has no file for a route of app/src/site.rs').toEqual(expect.arrayContaining(routes));
  expect(known).toContain(FALLBACK);
});

test('every state has a unique name', { tag: '@js' }, () => {
  const names = PAGE_STATES.map(({ name }) => name);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});
