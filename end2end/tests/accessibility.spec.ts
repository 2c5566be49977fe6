import { expectAccessible } from '../support/accessibility.ts';
import { expect, open, test } from '../support/fixtures.ts';
import { createCompetition, errorSummary } from '../support/forms.ts';
import { PLACES, become } from '../support/places.ts';
import { signIn, signUp } from '../support/session.ts';

test.describe('on a desktop and a phone, in light and in dark,', { tag: '@js' }, () => {
  for (const place of PLACES) {
    test.describe(place.name, () => {
      test.use({ expectedStatuses: place.status ? [place.status] : [] });

      test(`${place.name} is accessible`, async ({ page, world }) => {
        await become(page, place, world);
        await open(page, place.path(world));
        await expectAccessible(page);
      });
    });
  }

  test.describe('refused', () => {
    test.use({ expectedStatuses: [400] });

    test('a refused sign-up is accessible', async ({ page }) => {
      await open(page, '/auth/signup');
      await signUp(page, { role: 'Organize', name: '', email: '', password: '' });
      await expect(errorSummary(page)).toBeVisible();
      await expectAccessible(page);
    });

    test('a refused competition is accessible', async ({ page, api }) => {
      await signIn(page, await api.organizer());
      await open(page, '/competitions/create');
      await createCompetition(page, {});
      await expect(errorSummary(page)).toBeVisible();
      await expectAccessible(page);
    });
  });
});
