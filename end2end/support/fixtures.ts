import {
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
  expect,
  test as base,
} from "@playwright/test";

import { World } from "./world";

export { expect };

/** Opens a page in a new browser context, as another person. */
export type Visit = (options?: BrowserContextOptions) => Promise<Page>;

interface Fixtures {
  visit: Visit;
  consoleErrors: ConsoleErrors;
}

interface WorkerFixtures {
  /**
   * A test that changes a site's settings sets its own name, so that no other test shares its
   * world.
   */
  worldName: string;
  /** Whether the clock of the world's product can be turned. */
  ownClock: boolean;
  world: World;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  worldName: ["shared", { option: true, scope: "worker" }],
  ownClock: [false, { option: true, scope: "worker" }],

  world: [
    // Depending on the name starts a Playwright worker, and with it a world, for each name.
    async ({ worldName: _, ownClock }, use) => {
      const world = await World.start(ownClock);
      await use(world);
      await world.stop();
    },
    { scope: "worker", timeout: 60_000 },
  ],

  // No page may log errors to the browser's console. Violations of the content security policy are
  // also logged there.
  consoleErrors: [
    async ({ world }, use, info) => {
      const consoleErrors = new ConsoleErrors(world.stripe.base);
      await use(consoleErrors);
      if (info.status !== info.expectedStatus) {
        await info.attach("servers", { body: world.log(), contentType: "text/plain" });
      }
      expect(consoleErrors.messages, "errors in the browser's console").toEqual([]);
    },
    { auto: true },
  ],

  context: async ({ context, consoleErrors }, use) => {
    consoleErrors.listen(context);
    await use(context);
  },

  visit: async ({ browser, consoleErrors, contextOptions, javaScriptEnabled, viewport, colorScheme }, use) => {
    const opened: BrowserContext[] = [];
    await use(async (options = {}) => {
      const sharedOptions = { ...contextOptions, javaScriptEnabled, viewport, colorScheme };
      const context = await browser.newContext({ ...sharedOptions, locale: "en-US", ...options });
      consoleErrors.listen(context);
      opened.push(context);
      return await context.newPage();
    });
    for (const context of opened) await context.close();
  },
});

/** Collects errors that pages log to the browser's console. */
export class ConsoleErrors {
  readonly messages: string[] = [];

  /** Pages of the stand-in for Stripe are ignored. */
  constructor(private readonly stripe: string) {}

  listen(context: BrowserContext): void {
    context.on("console", (message) => {
      const page = message.page()?.url() ?? "";
      if (page.startsWith(this.stripe)) return;
      // Chromium logs a page with status 404 as a failed load, but it is a normal page.
      const isPageStatus = message.text().startsWith("Failed to load") && message.location().url === page;
      // A test took the network away.
      const isOffline = message.text().includes("net::ERR_INTERNET_DISCONNECTED");
      if (message.type() === "error" && !isPageStatus && !isOffline) {
        this.messages.push(`${page}: ${message.text()} (${message.location().url})`);
      }
    });
    context.on("weberror", (error) => {
      this.messages.push(`${error.page()?.url()}: ${error.error().message}`);
    });
  }
}
