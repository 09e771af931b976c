import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";

import { test } from "../support/fixtures";
import { TOURS } from "../support/pages";
import { loadImages } from "../support/screen";

const FOLDER = resolve(process.env.SCREENSHOTS ?? "test-results/screenshots");
const WIDTHS = { phone: 390, desktop: 1280 };

for (const colorScheme of ["light", "dark"] as const) {
  for (const [device, width] of Object.entries(WIDTHS)) {
    test.describe(`${device}, ${colorScheme}`, () => {
      test.use({ colorScheme, viewport: { width, height: 844 } });

      for (const [name, tour] of Object.entries(TOURS)) {
        test(name, async ({ page, world }) => {
          const folder = join(FOLDER, `${device}-${colorScheme}`);
          mkdirSync(folder, { recursive: true });
          await tour(page, world, async (name) => {
            await loadImages(page);
            await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
          });
        });
      }
    });
  }
}
