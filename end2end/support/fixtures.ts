import {
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
  expect,
  test as base,
} from "@playwright/test";

import { World } from "./world";

export { expect };

/** Opens a browser of another person: nothing of it is shared with any other. */
export type Visit = (options?: BrowserContextOptions) => Promise<Page>;

interface Fixtures {
  visit: Visit;
  consoleErrors: ConsoleErrors;
}

interface WorkerFixtures {
  /** Tests that change a site's settings name a world that no other test lives in. */
  worldName: string;
  world: World;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  worldName: ["shared", { option: true, scope: "worker" }],

  world: [
    // Named here, so that each name gets a worker and thereby a world of its own.
    async ({ worldName: _ }, use) => {
      const world = await World.start();
      await use(world);
      await world.stop();
    },
    { scope: "worker", timeout: 60_000 },
  ],

  // No page may complain in its console, whoever opened it: that is also how a breach of the
  // content security policy shows.
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

/** Collects what browsers complain about. */
export class ConsoleErrors {
  readonly messages: string[] = [];

  /** Stripe's pages are not ours to judge. */
  constructor(private readonly stripe: string) {}

  listen(context: BrowserContext): void {
    context.on("console", (message) => {
      const page = message.page()?.url() ?? "";
      if (page.startsWith(this.stripe)) return;
      // A page that answers 404 is a page like any other; the browser notes it all the same.
      const isPageStatus = message.text().startsWith("Failed to load") && message.location().url === page;
      if (message.type() === "error" && !isPageStatus) {
        this.messages.push(`${page}: ${message.text()} (${message.location().url})`);
      }
    });
    context.on("weberror", (error) => {
      this.messages.push(`${error.page()?.url()}: ${error.error().message}`);
    });
  }
}
