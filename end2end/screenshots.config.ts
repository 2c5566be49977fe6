import { defineConfig } from '@playwright/test';
import base from './playwright.config.ts';

/** Takes the screenshots of every page for docs/screenshots, and those of the life of a competition for docs/life. */
export default defineConfig({
  ...base,
  testDir: '.',
  testMatch: ['life.ts', 'screenshots.ts'],
  fullyParallel: false,
  workers: 1,
  reporter: 'list',
  projects: [{ name: 'pictures' }],
});
