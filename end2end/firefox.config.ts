import { defineConfig } from "@playwright/test";

/** A short subset of the members' specs in Firefox; `support/firefox.ts` says how it is driven. */
export default defineConfig({
  testDir: "firefox",
  // One Firefox and one world: to start another of each takes longer than the tests.
  workers: 1,
  retries: 0,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 10_000 },
});
