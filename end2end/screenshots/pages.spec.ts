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

/** With `PICTURES` set, those that the documentation shows are replaced instead. */
const GALLERY = process.env.PICTURES === undefined ? undefined : resolve(__dirname, "../../docs/pictures");
/** The pages that are worth a picture in docs/pictures. */
const SHOWN = new Set([
  "home-invited",
  "register-invited",
  "ticket",
  "purchase-paid",
  "dashboard",
  "referrals",
  "share",
  "credits",
  "pewpros-landing",
  "pewpros-pricing",
  "admin-referrals",
  "admin-referral",
  "admin-why-person",
  "admin-platform-referrers",
  "admin-settings-rewards",
  "admin-books",
]);
const FOLDER = resolve(process.env.SCREENSHOTS ?? "test-results/screenshots");
const WIDTHS = { phone: 390, desktop: 1280 };

for (const colorScheme of ["light", "dark"] as const) {
  for (const [device, width] of Object.entries(WIDTHS)) {
    test.describe(`${device}, ${colorScheme}`, () => {
      test.use({ colorScheme, viewport: { width, height: 844 } });

      for (const tour of [publicPages, newMembersPages, miasPages, consolePages, platformPages]) {
        test(tour.name, async ({ page, world }) => {
          const folder = join(FOLDER, `${device}-${colorScheme}`);
          mkdirSync(GALLERY ?? folder, { recursive: true });
          await tour(page, world, async (name) => {
            if (GALLERY !== undefined && !SHOWN.has(name)) return;
            // The screenshot shows the whole page, so images below the fold are loaded too.
            await page.locator("img").evaluateAll(async (all) => {
              const pictures = all as HTMLImageElement[];
              for (const picture of pictures) picture.loading = "eager";
              await Promise.all(pictures.map((picture) => picture.decode()));
            });
            if (GALLERY === undefined) {
              await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
            } else {
              const path = join(GALLERY, `${name}-${device}-${colorScheme}.jpg`);
              await page.screenshot({ path, type: "jpeg", quality: 70, fullPage: true });
            }
          });
        });
      }
    });
  }
}
