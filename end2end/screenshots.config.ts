import { defineConfig } from '@playwright/test';
import base from './playwright.config.ts';

/** Takes the screenshots of every page for docs/screenshots, one after the other, with their own data. */
export default defineConfig({
  ...base,
  testDir: '.',
  testMatch: 'screenshots.ts',
  fullyParallel: false,
  workers: 1,
  reporter: 'list',
  projects: [{ name: 'pictures' }],
});
