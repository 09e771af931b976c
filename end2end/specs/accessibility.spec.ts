import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";

import { expect, test } from "../support/fixtures";
import {
  consolePages,
  miasPages,
  newMembersPages,
  platformPages,
  publicPages,
} from "../support/pages";

const WIDTHS = { phone: 390, desktop: 1280 };
const SMALLEST = 320;
const TABLET = 768;
const TOURS = {
  "public pages": publicPages,
  "a new member's pages": newMembersPages,
  "Mia's pages": miasPages,
  "the console": consolePages,
  "the platform's pages": platformPages,
};

for (const [tourName, tour] of Object.entries(TOURS)) {
  for (const colorScheme of ["light", "dark"] as const) {
    for (const [device, width] of Object.entries(WIDTHS)) {
      test.describe(`${tourName}, ${colorScheme}, ${device}`, () => {
        test.use({ colorScheme, viewport: { width, height: 844 } });

        test("axe finds no violations", async ({ page, world }) => {
          test.slow();
          await tour(page, world, async (name) => await expectAccessible(page, name));
        });
      });
    }
  }

  test.describe(`${tourName}, 320 px and 768 px wide`, () => {
    test.use({ viewport: { width: SMALLEST, height: 640 } });

    test("nothing is wider than the screen", async ({ page, world }) => {
      await tour(page, world, async (name) => {
        for (const width of [TABLET, SMALLEST]) {
          await page.setViewportSize({ width, height: 640 });
          const wide = await page.evaluate(() => document.documentElement.scrollWidth);
          expect.soft(wide, `${name}, ${width} px`).toBeLessThanOrEqual(width);
        }
      });
    });
  });
}

async function expectAccessible(page: Page, name: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.target} ${node.failureSummary}`).join("; ")}`,
  );
  expect.soft(found, name).toEqual([]);
}
