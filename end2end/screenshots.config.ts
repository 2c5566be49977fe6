import { defineConfig } from '@playwright/test';
import base from './playwright.config.ts';

/** Pictures of every page, for docs/screenshots: one after the other, on a world of their own. */
export default defineConfig({
  ...base,
  testDir: '.',
  testMatch: 'screenshots.ts',
  fullyParallel: false,
  workers: 1,
  reporter: 'list',
  projects: [{ name: 'pictures' }],
});
