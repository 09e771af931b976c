import { defineConfig } from "@playwright/test";

import { browser } from "./support/browser";

/**
 * Takes a screenshot of every page, for people. The screenshots are no tests, so they are not among
 * the specs.
 */
export default defineConfig({
  testDir: "screenshots",
  workers: 2,
  fullyParallel: true,
  timeout: 120_000,
  use: browser,
});
