import { defineConfig } from "@playwright/test";

import { browser } from "./support/browser";

export default defineConfig({
  testDir: "specs",
  fullyParallel: true,
  workers: 2,
  // A retry would hide the failure of the first attempt.
  retries: 0,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  // Without pictures, which take as long again as the tests. `--trace=retain-on-failure` has them.
  use: {
    ...browser,
    screenshot: "only-on-failure",
    trace: { mode: "retain-on-failure", screenshots: false, snapshots: false },
  },
});
