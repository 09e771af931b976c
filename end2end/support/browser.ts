import { existsSync } from "node:fs";

import type { PlaywrightTestConfig as Config } from "@playwright/test";

const chromium = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";

/** Browser settings of all tests. Without an installed Chromium, Playwright uses its own. */
export const browser: Config["use"] = {
  browserName: "chromium",
  actionTimeout: 10_000,
  navigationTimeout: 20_000,
  locale: "en-US",
  timezoneId: "America/Detroit",
  launchOptions: {
    executablePath: existsSync(chromium) ? chromium : undefined,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      // Only the pages under test may use the network.
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  },
};
