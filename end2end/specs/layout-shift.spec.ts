import type { Page } from "@playwright/test";

import { expect, test } from "../support/fixtures";
import { signIn, waitForIslands } from "../support/people";
import { TICKET } from "../support/shop";

/** What Chromium's layout shift score may be at most; 0 means that nothing has moved. */
const AT_MOST = 0.01;

interface Shifts {
  score: number;
  moved: string[];
}

/** Notes what moves on each page without the person's doing. */
async function observeShifts(page: Page): Promise<void> {
  await page.addInitScript(() => {
    interface LayoutShift extends PerformanceEntry {
      value: number;
      hadRecentInput: boolean;
      sources: { node: Node | null }[];
    }
    const shifts: Shifts = { score: 0, moved: [] };
    Object.assign(window, { shifts });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as LayoutShift[]) {
        if (entry.hadRecentInput) continue;
        shifts.score += entry.value;
        shifts.moved.push(...entry.sources.map(({ node }) => (node as Element | null)?.outerHTML ?? `${node?.nodeValue}`));
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
}

/** Opens the page as over a slow network: its font comes after the first paint. */
async function shiftsOf(page: Page, url: string): Promise<Shifts> {
  let paint = () => {};
  const painted = new Promise<void>((done) => (paint = done));
  // This also keeps the browser from taking the font from its cache.
  await page.route("**/fonts/*", async (route) => {
    await painted;
    await route.continue();
  });
  await page.goto(url, { waitUntil: "commit" });
  await page.waitForFunction(() => performance.getEntriesByName("first-contentful-paint").length > 0);
  const loaded = () => page.evaluate(() => document.fonts.check('1em "Inter"'));
  expect(await loaded(), "the font comes later").toBe(false);
  paint();
  await expect.poll(loaded, "the font comes").toBe(true);
  await waitForIslands(page);
  // What the font moves is seen in the frame after it came.
  await page.evaluate(() => new Promise((frame) => requestAnimationFrame(() => requestAnimationFrame(frame))));
  await page.unroute("**/fonts/*");
  return await page.evaluate(() => (window as unknown as { shifts: Shifts }).shifts);
}

async function expectStill(page: Page, site: string, paths: string[]): Promise<void> {
  for (const path of paths) {
    const { score, moved } = await shiftsOf(page, site + path);
    const what = moved.map((html) => html.slice(0, 120)).join("\n");
    expect.soft(score, `${path} moves:\n${what}`).toBeLessThan(AT_MOST);
  }
}

test("until the font comes, text is as wide as with it, also in bold", async ({ page, world }) => {
  await page.goto(`${world.detroit.url}/sign-in`);
  const text = "Who refers a friend earns credit for the next event, course or membership, and can use it at the counter.";
  for (const weight of [400, 600]) {
    const [font, fallback] = await page.evaluate(
      async ({ text, weight }) => {
        const width = async (family: string) => {
          await document.fonts.load(`${weight} 1em "${family}"`);
          const line = document.body.appendChild(document.createElement("span"));
          Object.assign(line.style, {
            position: "absolute",
            font: `${weight} 40px "${family}"`,
            whiteSpace: "nowrap",
          });
          line.textContent = text;
          return line.getBoundingClientRect().width;
        };
        return [await width("Inter"), await width("Inter fallback")] as const;
      },
      { text, weight },
    );
    // A bold that the browser makes of the regular font is 2 % narrower.
    expect(Math.abs(fallback / font - 1), `weight ${weight}: ${fallback} beside ${font}`).toBeLessThan(0.015);
  }
});

for (const [device, width, height] of [
  ["a phone", 390, 844],
  ["a desktop", 1280, 800],
] as const) {
  test.describe(`on ${device}, nothing moves while a page loads and its font comes`, () => {
    test.use({ viewport: { width, height } });

    test.beforeEach(async ({ page, world }) => {
      await page.goto(`${world.detroit.url}/sign-in`);
      const fallback = await page.evaluate(async () => {
        const faces = await document.fonts.load('1em "Inter fallback"').catch(() => []);
        return faces.some((face) => face.status === "loaded");
      });
      expect(fallback, "Arial or its like is installed, e.g. by the package fonts-liberation").toBe(true);
      await observeShifts(page);
    });

    test("a visitor's pages", async ({ page, world }) => {
      await expectStill(page, world.detroit.url, ["/", "/events", TICKET.path, "/shop", "/register", "/sign-in"]);
      await expectStill(page, world.pewpros.url, ["/", "/pricing"]);
    });

    test("a member's pages", async ({ page, world }) => {
      await signIn(page, world.detroit, world.login(world.detroit));
      await expectStill(page, world.detroit.url, ["/dashboard", "/referrals", "/share", "/credits", "/notifications"]);
    });

    test("an admin's pages", async ({ page, world }) => {
      await signIn(page, world.detroit, world.pat);
      await expectStill(page, world.detroit.url, ["/admin/referrals", "/admin/orders", "/admin/settings?tab=payments"]);
    });
  });
}
