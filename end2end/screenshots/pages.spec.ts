import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";

import { test } from "../support/fixtures";
import {
  consolePages,
  miasPages,
  newMembersPages,
  platformPages,
  publicPages,
} from "../support/pages";

const FOLDER = resolve(process.env.SCREENSHOTS ?? "test-results/screenshots");
const WIDTHS = { phone: 390, desktop: 1280 };

for (const colorScheme of ["light", "dark"] as const) {
  for (const [device, width] of Object.entries(WIDTHS)) {
    test.describe(`${device}, ${colorScheme}`, () => {
      test.use({ colorScheme, viewport: { width, height: 844 } });

      for (const tour of [publicPages, newMembersPages, miasPages, consolePages, platformPages]) {
        test(tour.name, async ({ page, world }) => {
          const folder = join(FOLDER, `${device}-${colorScheme}`);
          mkdirSync(folder, { recursive: true });
          await tour(page, world, async (name) => {
            // The screenshot shows the whole page, so images below the fold are loaded too.
            await page.locator("img").evaluateAll(async (all) => {
              const pictures = all as HTMLImageElement[];
              for (const picture of pictures) picture.loading = "eager";
              await Promise.all(pictures.map((picture) => picture.decode()));
            });
            await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
          });
        });
      }
    });
  }
}
