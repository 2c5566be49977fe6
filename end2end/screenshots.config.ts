import { defineConfig } from '@playwright/test';
import base from './playwright.config.ts';

/**
 * Takes the screenshots of every page for docs/screenshots, those of the life of a competition for docs/life, and those of
 * every mail for docs/mails.
 */
export default defineConfig({
  ...base,
  testDir: '.',
  testMatch: ['life.ts', 'mails.ts', 'screenshots.ts'],
  fullyParallel: false,
  workers: 1,
  reporter: 'list',
  projects: [{ name: 'pictures' }],
});
