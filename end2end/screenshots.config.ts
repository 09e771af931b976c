import { defineConfig } from "@playwright/test";

import { browser } from "./support/browser";

/** Pictures of every page for a person to look at; they prove nothing, so they are no specs. */
export default defineConfig({
  testDir: "screenshots",
  workers: 2,
  fullyParallel: true,
  timeout: 120_000,
  use: browser,
});
