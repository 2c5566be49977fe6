import type { Page } from '@playwright/test';
import { expect } from './fixtures.ts';
import type { People, World } from './world.ts';

/** A page of the site in one of its states, as somebody sees it. */
export type Look = {
  /** Like no other's. */
  name: string;
  path: string | ((world: World) => string);
  /** Nobody who is signed in, when it is left out. */
  viewer?: keyof People;
  /** Of the answer; 200 when it is left out. */
  status?: number;
  /** Looked at on a site that was set up a moment ago: nobody has an account, nothing is on offer. */
  onNewSite?: true;
  /** From the page as it is loaded to the look: sends a form empty, for example. Works with JavaScript on. */
  then?: (page: Page) => Promise<void>;
  /** Statuses ≥ 400 that `then` provokes. */
  provokes?: number[];
};

/** Why a page has no such state. */
type Never = { never: string };

/** A page has every state, or says why not. */
type States = Record<State, [Look, ...Look[]] | Never>;

export type State = 'empty' | 'full' | 'error';

/** A look, and what it is a look of. */
export type Place = Look & { route: string; state: State };

export type PageOfSite = { route: string; places: Place[] };

/** What `app/src/site.rs` shows where no route matches. */
export const FALLBACK = 'fallback';

/** A page of the site, by its route as `app/src/site.rs` writes it, with all of its states. */
export function page(route: string, states: States): PageOfSite {
  const places = (Object.keys(states) as State[]).flatMap((state) => {
    const looks = states[state];
    return 'never' in looks ? [] : looks.map((look) => ({ ...look, route, state }));
  });
  return { route, places };
}

/** This page lacks this state; the reason is for readers. */
export function never(reason: string): Never {
  return { never: reason };
}

/**
 * The page at this path while the server function that it shows the answer of is out of order. A visitor comes there
 * by a link from the page `from`.
 */
export function outOfOrder(path: string, endpoint: string, from = '/competitions'): Omit<Look, 'name'> {
  return {
    path: from,
    provokes: [503],
    then: async (page) => {
      await page.route(({ pathname }) => pathname === `/fn/${endpoint}`, (route) => route.fulfill({ status: 503 }));
      await page.evaluate((href) => {
        const link = Object.assign(document.createElement('a'), { href });
        document.querySelector('main')?.append(link);
        link.click();
        link.remove();
      }, path);
      await expect(page.getByRole('main')).toContainText('Something went wrong');
    },
  };
}

/** An id that nothing has. */
export const NOBODYS_ID = '01939a00-0000-7000-8000-000000000000';
