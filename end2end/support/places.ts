import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Page, Response } from '@playwright/test';
import { open } from './fixtures.ts';
import type { PageOfSite, Place } from './place.ts';
import { signIn } from './session.ts';
import type { World } from './world.ts';

const FOLDER = path.resolve(import.meta.dirname, '../places');
const files = (await readdir(FOLDER)).filter((file) => file.endsWith('.ts')).sort();

/** Every page of the site: what the files in `places/` export, one page each. */
export const PAGES: PageOfSite[] = await Promise.all(
  files.map(async (file) => (await import(path.join(FOLDER, file)) as { default: PageOfSite }).default),
);

/** Every page in each of its states. */
export const PLACES: Place[] = PAGES.flatMap(({ places }) => places);

/** The statuses ≥ 400 that looking at this place brings about. */
export function statusesOf({ status, provokes = [] }: Place): number[] {
  return status === undefined ? provokes : [status, ...provokes];
}

/** Loads the page of this place, as it is before its `then`. */
export async function load(page: Page, place: Place, world: World): Promise<Response | null> {
  const site = place.onNewSite ? process.env.E2E_NEW_SITE_URL : '';
  if (place.viewer) await signIn(page, world[place.viewer]);
  const address = typeof place.path === 'string' ? place.path : place.path(world);
  return open(page, `${site}${address}`);
}

/** Brings the page to this place. */
export async function visit(page: Page, place: Place, world: World): Promise<void> {
  await load(page, place, world);
  await place.then?.(page);
}
