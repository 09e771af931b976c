import { join } from "node:path";

import { test } from "../support/fixtures";
import { TOURS } from "../support/pages";
import { loadImages } from "../support/screen";
import { DEVICES, type Device, GALLERY, SCHEMES, fileName } from "./gallery";
import { FOLDER } from "./files";

const SHOWN = new Set(GALLERY.flatMap(({ pages }) => pages.map(([name]) => name)));

/** In CSS pixels; a picture shows no more of a page than `height`. A desktop's is taken at three quarters. */
const SCREENS: Record<Device, { width: number; height: number; deviceScaleFactor: number }> = {
  desktop: { width: 1280, height: 1600, deviceScaleFactor: 0.75 },
  phone: { width: 390, height: 1800, deviceScaleFactor: 1 },
};

for (const device of DEVICES) {
  for (const colorScheme of SCHEMES) {
    test.describe(`${device}, ${colorScheme}`, () => {
      const { width, height, deviceScaleFactor } = SCREENS[device];
      test.use({ colorScheme, deviceScaleFactor, viewport: { width, height: 844 } });

      for (const [name, tour] of Object.entries(TOURS)) {
        test(name, async ({ page, world }) => {
          await tour(page, world, async (name) => {
            if (!SHOWN.has(name)) return;
            await loadImages(page);
            await page.screenshot({
              path: join(FOLDER, fileName(name, device, colorScheme)),
              type: "webp",
              quality: 60,
              fullPage: true,
              clip: { x: 0, y: 0, width, height },
              animations: "disabled",
            });
          });
        });
      }
    });
  }
}
