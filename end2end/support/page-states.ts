import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Page, Response } from '@playwright/test';
import { open } from './fixtures.ts';
import type { PageOfSite, PageState } from './page-state.ts';
import { logInAs } from './session.ts';
import type { World } from './world.ts';

const FOLDER = path.resolve(import.meta.dirname, '../pages');
const files = (await readdir(FOLDER)).filter((file) => file.endsWith('.ts')).sort();

/** Every page of the site: the files in `pages/` export one page each. */
export const PAGES: PageOfSite[] = await Promise.all(
  files.map(async (file) => (await import(path.join(FOLDER, file)) as { default: PageOfSite }).default),
);

/** Every page in each of its states. */
export const PAGE_STATES: PageState[] = PAGES.flatMap(({ states }) => states);

/** The statuses ≥ 400 that this state causes. */
export function statusesOf({ status, provokes = [] }: PageState): number[] {
  return status === undefined ? provokes : [status, ...provokes];
}

/** Loads the page, without the steps of `then`. */
export async function load(page: Page, state: PageState, world: World): Promise<Response | null> {
  const site = state.onNewSite ? process.env.E2E_NEW_SITE_URL : '';
  if (state.viewer) await logInAs(page, world[state.viewer]);
  const address = typeof state.path === 'string' ? state.path : state.path(world);
  return open(page, `${site}${address}`);
}

/** Loads the page and brings it into this state. */
export async function visit(page: Page, state: PageState, world: World): Promise<void> {
  await load(page, state, world);
  await state.then?.(page);
}
