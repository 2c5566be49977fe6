import type { Page, Route } from '@playwright/test';

/** A response that is on its way to the page for as long as a test wants. */
export type Held = {
  /** Settles once the server has answered. */
  answered: Promise<void>;
  /** Passes the response to the page, and returns once the page has rendered it. */
  release(): Promise<void>;
};

/** Holds the next response from `url` back; those after it pass. */
export async function hold(page: Page, url: string): Promise<Held> {
  const [answered, answer] = signal();
  const [released, release] = signal();
  const handler = async (route: Route) => {
    const response = await route.fetch();
    answer();
    await released;
    await route.fulfill({ response });
  };
  await page.route(url, handler, { times: 1 });
  return {
    answered,
    release: async () => {
      const arrived = page.waitForResponse(url);
      release();
      await (await arrived).finished();
      await painted(page);
    },
  };
}

function signal(): [Promise<void>, () => void] {
  let settle = () => {};
  const promise = new Promise<void>((resolve) => {
    settle = resolve;
  });
  return [promise, settle];
}

/** Returns once the page has been painted with all that it knows by now. */
function painted(page: Page): Promise<void> {
  return page.evaluate(
    () => new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve()))),
  );
}
