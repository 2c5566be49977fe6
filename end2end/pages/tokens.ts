import { expect } from '../support/fixtures.ts';
import { whileFailing, page } from '../support/page-state.ts';
import { createToken } from '../support/tokens.ts';
import { unique } from '../support/unique.ts';

export default page('/account/tokens', {
  empty: [{ name: 'the tokens of a new participant', path: '/account/tokens', viewer: 'newParticipant' }],
  full: [
    { name: 'the tokens of an organizer', path: '/account/tokens', viewer: 'organizer' },
    {
      name: 'a token that was just created',
      path: '/account/tokens',
      viewer: 'newOrganizer',
      then: async (page) => {
        await createToken(page, unique('Results importer'));
        await expect(page.getByRole('textbox', { name: 'New token' })).toBeVisible();
      },
    },
  ],
  error: [
    {
      name: 'a token without a name',
      path: '/account/tokens',
      viewer: 'participant',
      then: async (page) => {
        await createToken(page, '');
        await expect(page.getByRole('alert')).toContainText('Enter a name');
      },
      provokes: [400],
    },
    { name: 'the tokens while their data fails', viewer: 'participant', ...whileFailing('/account/tokens', 'tokens') },
  ],
});
