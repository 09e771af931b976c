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

// Each test keeps its width: Chromium now and then draws nothing more after a change of it.
const SCREENS = [
  { device: "a small phone, dark", width: 320, colorScheme: "dark", axe: true },
  { device: "a tablet, light", width: 768, colorScheme: "light", axe: false },
  { device: "a desktop, light", width: 1280, colorScheme: "light", axe: true },
] as const;
const TOURS = {
  "public pages": publicPages,
  "a new member's pages": newMembersPages,
  "Mia's pages": miasPages,
  "the console": consolePages,
  "the platform's pages": platformPages,
};

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

async function expectAccessible(page: Page, name: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    // Without a second page for frames of other origins, which no page has.
    .setLegacyMode(true)
    .options({ resultTypes: ["violations"] })
    .analyze();
  const found = violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.target} ${node.failureSummary}`).join("; ")}`,
  );
  expect.soft(found, name).toEqual([]);
}

async function expectNotWider(page: Page, name: string, width: number): Promise<void> {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  expect.soft(wide, `${name}, ${width} px`).toBeLessThanOrEqual(width);
}
