import type { Page } from "@playwright/test";

import { expectAccessible } from "../support/axe";
import { expect, test } from "../support/fixtures";
import { TOURS } from "../support/pages";

// Each test keeps its width: Chromium now and then draws nothing more after a change of it.
const SCREENS = [
  { device: "a small phone, dark", width: 320, colorScheme: "dark", axe: true },
  { device: "a tablet, light", width: 768, colorScheme: "light", axe: false },
  { device: "a desktop, light", width: 1280, colorScheme: "light", axe: true },
] as const;

for (const [tourName, tour] of Object.entries(TOURS)) {
  for (const { device, width, colorScheme, axe } of SCREENS) {
    test.describe(`${tourName} on ${device}`, () => {
      test.use({ colorScheme, viewport: { width, height: 844 } });

      test(`nothing is wider than the screen${axe ? ", and axe finds no violations" : ""}`, async ({ page, world }) => {
        test.slow();
        await tour(page, world, async (name) => {
          await expectNotWider(page, name, width);
          if (axe) await expectAccessible(page, name);
        });
      });
    });
  }
}

async function expectNotWider(page: Page, name: string, width: number): Promise<void> {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  expect.soft(wide, `${name}, ${width} px`).toBeLessThanOrEqual(width);
}
