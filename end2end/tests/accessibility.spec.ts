import { expectAccessible } from '../support/accessibility.ts';
import { test } from '../support/fixtures.ts';
import { PAGE_STATES, statusesOf, visit } from '../support/page-states.ts';

test.describe('on a desktop and a phone, in light and in dark,', { tag: '@js' }, () => {
  for (const state of PAGE_STATES) {
    test.describe(state.kind, () => {
      test.use({ expectedStatuses: statusesOf(state) });

      test(`${state.name} is accessible`, async ({ page, world }) => {
        await visit(page, state, world);
        await expectAccessible(page);
      });
    });
  }
});
