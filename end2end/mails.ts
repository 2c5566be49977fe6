import { mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import sharp, { type OverlayOptions } from 'sharp';
import { widthOf } from './support/layout.ts';

const FOLDER = fileURLToPath(new URL('../docs/mails/', import.meta.url));
const WIDTHS = [320, 600, 1200];
/** Of a mail on a sheet. */
const TILE = 220;
const COLUMNS = 8;
const SHEET = TILE * COLUMNS;
const GREY = '#808080';

test('a sheet of every mail in three widths, in light and dark', async ({ browser, baseURL }) => {
  test.setTimeout(10 * 60_000); // ms
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of WIDTHS) {
      const context = await browser.newContext({ baseURL, colorScheme, viewport: { width, height: 400 } });
      const page = await context.newPage();
      await page.goto('/dev/mails');
      const links = await page.getByRole('link').evaluateAll((all) => all.map((link) => link.getAttribute('href') ?? ''));
      const mails = links.filter((path) => /^\/dev\/mails\/[^/]+$/.test(path));
      expect(mails.length).toBeGreaterThan(30);
      const pictures: Buffer[] = [];
      for (const path of mails) {
        expect((await page.goto(path))?.status(), path).toBe(200);
        expect(await widthOf(page), `${path} fits ${width} pixels`).toBeLessThanOrEqual(width);
        const picture = sharp(await page.screenshot({ fullPage: true })).resize({ width: TILE - 4 });
        pictures.push(await picture.toBuffer());
      }
      await saveSheet(pictures, `${width}-${colorScheme}.webp`);
      await context.close();
    }
  }
});

/** Puts pictures of one width in rows, each as high as its highest. */
async function saveSheet(pictures: Buffer[], name: string): Promise<void> {
  const tiles: OverlayOptions[] = [];
  let [top, rowHeight] = [0, 0];
  for (const [index, input] of pictures.entries()) {
    if (index % COLUMNS === 0) [top, rowHeight] = [top + rowHeight, 0];
    tiles.push({ input, top, left: (index % COLUMNS) * TILE });
    rowHeight = Math.max(rowHeight, ((await sharp(input).metadata()).height ?? 0) + 4);
  }
  const create = { width: SHEET, height: top + rowHeight, channels: 3 as const, background: GREY };
  const sheet = sharp({ create }).composite(tiles);
  await sheet.webp({ quality: 40, effort: 6 }).toFile(FOLDER + name);
}
