import type { Page } from '@playwright/test';
import { expect, hydrated, open, test } from '../support/fixtures.ts';
import {
  competitionFields,
  createCompetition,
  expectFaultAt,
  expectFaults,
  fillCompetition,
} from '../support/forms.ts';
import { logInAs } from '../support/session.ts';
import { inDays } from '../support/time.ts';
import { unique } from '../support/unique.ts';

/** Opens the group of the three sections in a form. */
async function openSections(page: Page): Promise<void> {
  await hydrated(page);
  await page.getByText('Rules, prizes and schedule', { exact: true }).click();
}

test('an organizer adds sections and a contact address, and visitors see them', async ({
  page,
  api,
}) => {
  const title = unique('Lantern Open');
  await logInAs(page, await api.organizer());
  await open(page, '/competitions/create');
  await expect(page.getByLabel('Rules (optional)')).toBeHidden();
  await openSections(page);
  await createCompetition(page, {
    ...competitionFields(title, inDays(7), inDays(14)),
    'Contact address (optional)': 'team@lantern.example',
    'Rules (optional)': '- One lantern each\n- See https://lantern.example/rules.',
    'Schedule (optional)': '9:00 Start\n17:00 End',
  });

  await expect(page.getByRole('heading', { name: title })).toBeVisible();
  const address = page.url();
  await page.context().clearCookies();
  await open(page, address);
  const rules = page.getByRole('region', { name: 'Rules' });
  await expect(rules.getByRole('heading', { name: 'Rules', level: 2 })).toBeVisible();
  await expect(rules.getByRole('listitem')).toHaveCount(2);
  await expect(rules.getByRole('link', { name: 'https://lantern.example/rules' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Schedule' })).toHaveText(/9:00 Start\s*17:00 End/);
  await expect(page.getByRole('heading', { name: 'Prizes' })).toHaveCount(0);
  const contact = page.getByRole('link', { name: 'team@lantern.example' });
  await expect(contact).toHaveAttribute('href', 'mailto:team@lantern.example');
});

test('an organizer edits and removes sections', async ({ page, api }) => {
  const owner = await api.organizer();
  const competition = await api.competition({
    owner,
    facts: { rules: 'One lantern each', prizes: 'A cup', contactEmail: 'team@lantern.example' },
  });
  await logInAs(page, owner);
  await open(page, `/competitions/${competition.id}/edit`);
  // The group is open, because there is something in it.
  await expect(page.getByLabel('Prizes (optional)')).toHaveValue('A cup');
  await fillCompetition(page, {
    'Rules (optional)': '',
    'Prizes (optional)': 'A medal',
    'Contact address (optional)': '',
  });
  await page.getByRole('button', { name: 'Preview' }).click();
  const preview = page.getByRole('region', { name: 'Preview' });
  await expect(preview.getByRole('heading', { name: 'Prizes', level: 3 })).toBeVisible();
  await expect(preview.getByText('A medal')).toBeVisible();
  await hydrated(page);
  await page.getByRole('button', { name: 'Save changes' }).click();

  await expect(page.getByRole('region', { name: 'Prizes' })).toContainText('A medal');
  await expect(page.getByRole('heading', { name: 'Rules' })).toHaveCount(0);
  await expect(page.getByRole('link', { name: 'team@lantern.example' })).toHaveCount(0);
});

test.describe('a wrong section and a wrong contact address', () => {
  test.use({ expectedStatuses: [400] });

  test('are refused with an error at each field', async ({ page, api }) => {
    await logInAs(page, await api.organizer());
    await open(page, '/competitions/create');
    await openSections(page);
    await createCompetition(page, {
      ...competitionFields(unique('Nowhere'), inDays(7), inDays(14)),
      'Contact address (optional)': 'nobody',
      'Rules (optional)': 'x'.repeat(10_001),
    });
    await expectFaults(page, [
      'Enter a contact address like name@example.com',
      'Enter text with at most 10000 characters',
    ]);
    const rules = page.getByLabel('Rules (optional)');
    await expect(rules).toBeVisible();
    await expectFaultAt(page, rules, 'Enter text with at most 10000 characters');
  });
});
