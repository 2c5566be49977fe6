import { expect } from '../support/fixtures.ts';
import { makeAddress } from '../support/calendar-feed.ts';
import { whileFailing, page } from '../support/page-state.ts';

export default page('/account/calendar', {
  empty: [{ name: 'no calendar feed yet', path: '/account/calendar', viewer: 'newParticipant' }],
  full: [
    {
      name: 'an address of a calendar feed that was just made',
      path: '/account/calendar',
      viewer: 'organizer',
      then: async (page) => {
        const has = await page.getByRole('button', { name: 'Renew address' }).isVisible();
        await makeAddress(page, has ? 'Renew address' : 'Make address');
        await expect(page.getByRole('link', { name: 'Remove feed' })).toBeVisible();
      },
    },
  ],
  error: [
    { name: 'the calendar feed while its data fails', viewer: 'participant', ...whileFailing('/account/calendar', 'calendar_feed') },
  ],
});
