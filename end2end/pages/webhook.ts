import { expect } from '../support/fixtures.ts';
import { UNKNOWN_ID, page } from '../support/page-state.ts';
import { createWebhook, newSecret } from '../support/webhooks.ts';

export default page('/webhooks/:id', {
  empty: [
    { name: 'a webhook without deliveries', path: ({ quietWebhook }) => `/webhooks/${quietWebhook}`, viewer: 'organizer' },
  ],
  full: [
    { name: 'a webhook with deliveries', path: ({ webhook }) => `/webhooks/${webhook}`, viewer: 'organizer' },
    {
      name: 'a webhook that was just created',
      path: '/webhooks',
      viewer: 'newOrganizer',
      then: async (page) => {
        await createWebhook(page, 'https://club.example/hook');
        await expect(newSecret(page)).toBeVisible();
      },
    },
  ],
  error: [
    {
      name: 'a webhook that does not exist',
      path: `/webhooks/${UNKNOWN_ID}`,
      viewer: 'organizer',
      status: 404,
    },
    {
      name: 'a page after the last of the deliveries',
      path: ({ webhook }) => `/webhooks/${webhook}?page=9`,
      viewer: 'organizer',
    },
    {
      name: 'a test to a disabled webhook',
      path: ({ quietWebhook }) => `/webhooks/${quietWebhook}`,
      viewer: 'organizer',
      then: async (page) => {
        await page.getByRole('button', { name: 'Send a test' }).click();
        await expect(page.getByRole('alert')).toContainText('This webhook is disabled');
      },
      provokes: [409],
    },
  ],
});
