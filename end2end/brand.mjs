// Renders the images of docs/brand into public/ in a browser, which has the fonts and colours.
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';

const PICTURES = [
  { source: 'social', target: 'social', width: 1200, height: 630 },
  { source: 'touch-icon', target: 'apple-touch-icon', width: 180, height: 180 },
];

const root = new URL('../', import.meta.url);
// Undefined means Playwright's own browser.
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM_PATH, args: ['--no-sandbox'] });
for (const { source, target, width, height } of PICTURES) {
  const page = await browser.newPage({ viewport: { width, height } });
  await page.goto(new URL(`docs/brand/${source}.html`, root).href);
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: fileURLToPath(new URL(`public/${target}.png`, root)) });
}
await browser.close();
