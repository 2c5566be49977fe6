import type { Page } from '@playwright/test';
import { expect } from './fixtures.ts';
import type { People, World } from './world.ts';

/** How to bring a page of the site into one of its states. */
export type PageView = {
  /** Unique among all states. */
  name: string;
  path: string | ((world: World) => string);
  /** The user who is logged in; a visitor by default. */
  viewer?: keyof People;
  /** The status of the response; 200 by default. */
  status?: number;
  /** Opens the page on a site without accounts and competitions. */
  onNewSite?: true;
  /** The steps from the loaded page to the state: sends an empty form, for example. Needs JavaScript. */
  then?: (page: Page) => Promise<void>;
  /** The statuses ≥ 400 that `then` provokes. */
  provokes?: number[];
};

/** The reason why a page does not have a state. */
type Never = { never: string };

/** A page has views for every kind of state, or a reason why not. */
type States = Record<StateKind, [PageView, ...PageView[]] | Never>;

export type StateKind = 'empty' | 'full' | 'error';

/** A page of the site in one of its states. */
export type PageState = PageView & { route: string; kind: StateKind };

export type PageOfSite = { route: string; states: PageState[] };

/** The route of the page that `app/src/site.rs` shows when no other route matches. */
export const FALLBACK = 'fallback';

/** A page of the site, by its route as `app/src/site.rs` writes it, with all of its states. */
export function page(route: string, views: States): PageOfSite {
  const states = (Object.keys(views) as StateKind[]).flatMap((kind) => {
    const ofKind = views[kind];
    return 'never' in ofKind ? [] : ofKind.map((view) => ({ ...view, route, kind }));
  });
  return { route, states };
}

/** The page does not have this kind of state; the reason is for readers. */
export function never(reason: string): Never {
  return { never: reason };
}

/** The page at this path while its server function fails. The visitor follows a link from the page `from`. */
export function whileFailing(path: string, endpoint: string, from = '/competitions'): Omit<PageView, 'name'> {
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

/** An id that does not exist. */
export const UNKNOWN_ID = '01939a00-0000-7000-8000-000000000000';
