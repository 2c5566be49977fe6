import type { Locator, Page } from '@playwright/test';
import { expect, hydrated, hydrates } from './fixtures.ts';
import { dateAndTime } from './time.ts';

/** The error summary above a form. */
export function errorSummary(page: Page): Locator {
  return page.getByRole('alert').filter({ hasText: 'There is a problem' });
}

/** Checks that the form was refused with exactly these errors, in this order. */
export async function expectFaults(page: Page, faults: (string | RegExp)[]): Promise<void> {
  const summary = errorSummary(page);
  await expect(summary.getByRole('heading')).toHaveText('There is a problem');
  await expect(summary.getByRole('link')).toHaveText(faults);
  // Without our code nothing moves the focus, and a new page starts at its top.
  if (hydrates(page)) await expect(summary).toBeFocused();
}

/** Checks that the error is beside the field as well, and that the summary links to the field. */
export async function expectFaultAt(page: Page, field: Locator, fault: string): Promise<void> {
  await hydrated(page);
  await expect(field).toHaveAttribute('aria-invalid', 'true');
  await expect(field).toHaveAccessibleDescription(new RegExp(`${fault}$`));
  await errorSummary(page).getByRole('link', { name: fault }).click();
  await expect(field).toBeFocused();
}

/** The fields of a new competition, by their labels. */
export type CompetitionFields = {
  Title: string;
  Description: string;
  'Tags (optional)': string;
  Capacity: string;
  'Waiting list (optional)'?: string;
  'Waiting list ends (optional)'?: string;
  'Registration closes': string;
  'Starts (optional)': string;
  'Ends (optional)'?: string;
  'Summary (optional)'?: string;
  'Website (optional)'?: string;
  'Contact address (optional)'?: string;
  'Rules (optional)'?: string;
  'Prizes (optional)'?: string;
  'Schedule (optional)'?: string;
  'Venue (optional)'?: string;
  'Address (optional)'?: string;
  'Online link (optional)'?: string;
};

/** The fields of a valid form, in UTC. */
export function competitionFields(title: string, deadline: Date, start: Date): CompetitionFields {
  return {
    Title: title,
    Description: 'Seven rounds.\n\nBring a board.',
    'Tags (optional)': 'chess, open',
    Capacity: '2',
    'Registration closes': dateAndTime(deadline),
    'Starts (optional)': dateAndTime(start),
  };
}

/** Fills the form in. */
export async function fillCompetition(
  page: Page,
  fields: Partial<CompetitionFields>,
): Promise<void> {
  await hydrated(page);
  for (const [label, text] of Object.entries(fields)) {
    await page.getByLabel(label, { exact: true }).fill(text);
  }
}

/** Fills the form in and sends it. */
export async function createCompetition(
  page: Page,
  fields: Partial<CompetitionFields>,
): Promise<void> {
  await fillCompetition(page, fields);
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
}

/** Checks the fields of the form. */
export async function expectCompetitionFields(page: Page, fields: CompetitionFields): Promise<void> {
  for (const [label, text] of Object.entries(fields)) {
    await expect(page.getByLabel(label, { exact: true })).toHaveValue(text);
  }
}
