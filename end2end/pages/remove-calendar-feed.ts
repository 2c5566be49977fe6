import { expect } from '../support/fixtures.ts';
import { makeAddress } from '../support/calendar-feed.ts';
import { never, page } from '../support/page-state.ts';

export default page('/account/calendar/remove', {
  empty: never('it is about one feed'),
  full: [
    {
      name: 'removing a calendar feed',
      path: '/account/calendar',
      viewer: 'withBothRoles',
      then: async (page) => {
        const has = await page.getByRole('button', { name: 'Renew address' }).isVisible();
        await makeAddress(page, has ? 'Renew address' : 'Make address');
        await page.getByRole('link', { name: 'Remove feed' }).click();
        await expect(page.getByRole('heading', { name: 'Remove your calendar feed?' })).toBeVisible();
      },
    },
  ],
  error: [
    {
      name: 'removing a calendar feed that does not exist',
      path: '/account/calendar/remove',
      viewer: 'newOrganizer',
      status: 404,
    },
  ],
});
