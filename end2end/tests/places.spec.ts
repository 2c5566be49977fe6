import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from '../support/fixtures.ts';
import { FALLBACK } from '../support/place.ts';
import { PAGES, PLACES } from '../support/places.ts';

const SITE = path.resolve(import.meta.dirname, '../../app/src/site.rs');

/** `path!("/competitions/:id")` */
const ROUTE = /\bpath!\("([^"]*)"\)/g;

test('the site has no page that places/ does not know', { tag: '@js' }, async () => {
  const routes = [...(await readFile(SITE, 'utf8')).matchAll(ROUTE)].map(([, route]) => route);
  expect(routes).toContain('/competitions/:id');

  const known = PAGES.map(({ route }) => route);
  expect(known, 'places/ has no file for a route of app/src/site.rs').toEqual(expect.arrayContaining(routes));
  expect(known).toContain(FALLBACK);
});

test('no two looks have one name', { tag: '@js' }, () => {
  const names = PLACES.map(({ name }) => name);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});
