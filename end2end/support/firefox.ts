// Firefox as people have it, through WebDriver BiDi. Playwright needs commands of it that Debian's Firefox, an extended
// support release, does not know. Puppeteer does without them, so it drives the browser here, while Playwright runs
// the tests.

import { existsSync } from "node:fs";

import { type Browser, type BrowserContext, type ElementHandle, type Page, Puppeteer, launch } from "puppeteer-core";

import { type ConsoleErrors, expect, test as base } from "./fixtures";

export { expect };

const PROGRAMS = ["/usr/bin/firefox-esr", "/usr/bin/firefox", "/Applications/Firefox.app/Contents/MacOS/firefox"];

/** How long an open page may take to show what has happened at the server. */
const UPDATE_MS = 20_000;

// `label/First name`: the control with this label.
Puppeteer.registerCustomQueryHandler("label", {
  queryAll: (root, text) => {
    const controls = (root as ParentNode).querySelectorAll<HTMLInputElement>("input, select, textarea");
    const isLabeled = (control: HTMLInputElement) =>
      [...(control.labels ?? [])].some((label) => label.textContent?.trim() === text);
    return [...controls].filter(isLabeled);
  },
});

interface Fixtures {
  /** Opens a page in a new browser context and a window of its own, as another person. */
  open: () => Promise<Page>;
}

interface WorkerFixtures {
  firefox: Browser;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  firefox: [
    async ({}, use) => {
      const browser = await launch({
        browser: "firefox",
        executablePath: process.env.FIREFOX_PATH ?? PROGRAMS.find(existsSync) ?? "firefox",
        // As large as the window, a desktop's: not each Firefox can be told another size.
        defaultViewport: null,
      });
      await use(browser);
      await browser.close();
    },
    { scope: "worker" },
  ],

  open: async ({ firefox, consoleErrors, world }, use, info) => {
    const opened: { context: BrowserContext; page: Page }[] = [];
    await use(async () => {
      const context = await firefox.createBrowserContext();
      // A tab that is behind another is hidden, and a hidden page does not update itself.
      const page = await context.newPage({ type: "window" });
      listen(page, consoleErrors, world.stripe.base);
      opened.push({ context, page });
      return page;
    });
    for (const { context, page } of opened) {
      if (info.status !== info.expectedStatus) {
        await info.attach(page.url(), { body: Buffer.from(await page.screenshot()), contentType: "image/png" });
      }
      await context.close();
    }
  },
});

/** How Firefox logs that a page was left while it listened for news. */
const LEFT = /^The connection to \S+ was interrupted while the page was loading\.$/;

/** Puppeteer's own object of the page before, while the browser goes to another site. */
const PUPPETEERS = "__bidi_args";

/** Firefox logs what the content security policy refuses as an error, too. */
function listen(page: Page, consoleErrors: ConsoleErrors, stripe: string): void {
  const add = (message: string) => {
    if (page.url().startsWith(stripe) || LEFT.test(message) || message.includes(PUPPETEERS)) return;
    consoleErrors.messages.push(`${page.url()}: ${message}`);
  };
  page.on("console", (message) => {
    if (message.type() === "error") add(message.text());
  });
  page.on("pageerror", (error) => add(error instanceof Error ? error.message : String(error)));
}

/**
 * Waits for the element. Puppeteer's own waiting evaluates text as code, which the content security policy of the
 * pages refuses.
 */
export async function find(page: Page, selector: string): Promise<ElementHandle> {
  let found: ElementHandle | null = null;
  await expect(async () => {
    found = await page.$(selector);
    expect(found, selector).not.toBeNull();
  }).toPass({ timeout: UPDATE_MS });
  return found as unknown as ElementHandle;
}

export async function click(page: Page, selector: string): Promise<void> {
  await (await find(page, selector)).click();
}

/** Types into the field with this label. */
export async function type(page: Page, label: string, text: string): Promise<void> {
  await (await find(page, `label/${label}`)).type(text);
}

/** The button with this name, which `inside` contains. */
export function button(name: string, inside = "main"): string {
  return `${inside} ::-p-aria([name="${name}"][role="button"])`;
}

/** What contains `text`, inside of `selector`. */
export function text(text: string, selector = "main"): string {
  return `${selector} ::-p-text("${text}")`;
}
