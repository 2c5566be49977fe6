import { expectAccessible } from '../support/accessibility.ts';
import { test } from '../support/fixtures.ts';
import { PLACES, statusesOf, visit } from '../support/places.ts';

test.describe('on a desktop and a phone, in light and in dark,', { tag: '@js' }, () => {
  for (const place of PLACES) {
    test.describe(place.state, () => {
      test.use({ expectedStatuses: statusesOf(place) });

      test(`${place.name} is accessible`, async ({ page, world }) => {
        await visit(page, place, world);
        await expectAccessible(page);
      });
    });
  }
});
