import { defineConfig } from "@playwright/test";

import { browser } from "./support/browser";

export default defineConfig({
  testDir: "specs",
  fullyParallel: true,
  workers: 2,
  // A test that passes at the second try hides what went wrong at the first.
  retries: 0,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  use: { ...browser, trace: "retain-on-failure" },
});
