import type { Locator, Page } from '@playwright/test';

/** The panel of a competition. On a narrow page a bar repeats its action. */
export function registration(page: Page): Locator {
  return page.getByRole('complementary', { name: 'Registration' });
}
