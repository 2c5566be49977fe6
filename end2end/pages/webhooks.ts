import { expect } from '../support/fixtures.ts';
import { whileFailing, page } from '../support/page-state.ts';
import { createWebhook } from '../support/webhooks.ts';

export default page('/webhooks', {
  empty: [{ name: 'the webhooks of a new organizer', path: '/webhooks', viewer: 'newOrganizer' }],
  full: [{ name: 'the webhooks of an organizer', path: '/webhooks', viewer: 'organizer' }],
  error: [
    {
      name: 'a webhook without an address',
      path: '/webhooks',
      viewer: 'organizer',
      then: async (page) => {
        await createWebhook(page, '');
        await expect(page.getByRole('alert')).toContainText('Enter a URL');
      },
      provokes: [400],
    },
    { name: 'the webhooks of a participant', path: '/webhooks', viewer: 'participant', status: 403 },
    { name: 'the webhooks while their data fails', viewer: 'organizer', ...whileFailing('/webhooks', 'webhooks') },
  ],
});
