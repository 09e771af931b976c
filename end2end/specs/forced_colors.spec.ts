import type { Locator, Page } from "@playwright/test";

import { expectAccessible } from "../support/axe";
import { appearance, boxOf, countColors } from "../support/colors";
import { expect, test } from "../support/fixtures";
import { signIn } from "../support/people";
import { card } from "../support/referrals";
import { TICKET } from "../support/shop";

// Windows' contrast themes and the like: the browser replaces all colors by a few, and paints no backgrounds of the
// page's and no shadows. Which colors they are is the person's choice, so nothing here depends on them.
// It has its own world because it marks a notification as read.
test.use({
  contextOptions: { forcedColors: "active" },
  viewport: { width: 1280, height: 900 },
  worldName: "forced-colors",
});

async function expectPages(page: Page, site: string, paths: string[]): Promise<void> {
  for (const path of paths) {
    await page.goto(site + path);
    expect(await page.evaluate(() => matchMedia("(forced-colors: active)").matches)).toBe(true);
    await expectAccessible(page, path);
  }
  // What the browser says of a color is the forced one; otherwise `appearance` would tell nothing.
  const background = await page.evaluate(() => {
    const element = document.body.appendChild(document.createElement("p"));
    element.style.backgroundColor = "rgb(1, 2, 3)";
    return getComputedStyle(element).backgroundColor;
  });
  expect(background).not.toBe("rgb(1, 2, 3)");
}

/** A badge has an edge or a dot beside its word. */
async function expectBadge(badge: Locator): Promise<void> {
  const box = await boxOf(badge, 1);
  const wordBegins = await badge.evaluate((element) => {
    const word = document.createRange();
    word.selectNodeContents(element);
    return word.getBoundingClientRect().left;
  });
  const beforeWord = { ...box, width: wordBegins - 1 - box.x };
  expect(await countColors(badge.page(), beforeWord), `${badge}`).toBeGreaterThan(1);
}

/** The link to the current page looks different from the others beside it. */
async function expectCurrentIsSeen(navigation: Locator): Promise<void> {
  const current = navigation.locator("a[aria-current]").first();
  const other = navigation.locator("a:not([aria-current])").first();
  expect(await appearance(current), `${navigation}`).not.toBe(await appearance(other));
}

/** The outline of each of the next Tab stops is painted. */
async function expectFocusIsSeen(page: Page, stops: number): Promise<void> {
  for (let stop = 0; stop < stops; stop++) {
    await page.keyboard.press("Tab");
    const focused = page.locator(":focus");
    const { name, outline } = await focused.evaluate((element) => {
      const style = getComputedStyle(element);
      const width = style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth);
      return { name: element.outerHTML.slice(0, 80), outline: width };
    });
    expect(outline, name).toBeGreaterThan(0);
  }
}

test("a visitor's pages", async ({ page, world }) => {
  test.slow();
  const paths = ["/", "/events", TICKET.path, "/memberships", "/sign-in", "/register", "/nothing-here"];
  await expectPages(page, world.detroit.url, paths);
  await expectPages(page, world.pewpros.url, ["/", "/pricing"]);

  await page.goto(`${world.detroit.url}/events`);
  await expectCurrentIsSeen(page.getByRole("navigation", { name: "Catalog" }));
  await expectFocusIsSeen(page, 8);
  await page.goto(`${world.detroit.url}/sign-in`);
  for (const control of [page.getByLabel("Email"), page.getByRole("main").getByRole("button", { name: "Sign in" })]) {
    await control.blur();
    expect(await countColors(page, await edge(control)), `the edge of ${control}`).toBeGreaterThan(1);
  }
});

/** The middle of the left edge of a control, with what is beside it. */
async function edge(control: Locator) {
  const { x, y, height } = await boxOf(control);
  return { x: x - 3, y: y + height / 2 - 2, width: 6, height: 4 };
}

test("a member's pages", async ({ page, world }) => {
  test.slow();
  const { url } = world.detroit;
  await signIn(page, world.detroit, world.login(world.detroit));
  await expectPages(page, url, ["/dashboard", "/referrals", "/share", "/credits", "/notifications", "/account"]);

  await page.goto(`${url}/dashboard`);
  const badges = card(page).locator(".badge");
  await expect(badges.first()).toBeVisible();
  for (const badge of await badges.all()) await expectBadge(badge);
  for (const tile of await page.locator(".tile").all()) {
    expect(await countColors(page, await edge(tile)), `the edge of ${tile}`).toBeGreaterThan(1);
  }
  await expectFocusIsSeen(page, 12);

  await page.goto(`${url}/notifications`);
  await page.locator(".notification").first().getByRole("button", { name: "Mark as read" }).click();
  const text = (row: string) => page.locator(`.notification${row} .notification-text`).first();
  const read = await appearance(text(":not(.is-unread)"));
  expect(await appearance(text(".is-unread"))).not.toBe(read);
});

test("an admin's pages", async ({ page, world }) => {
  test.slow();
  const { url } = world.detroit;
  await signIn(page, world.detroit, world.pat);
  await expectPages(page, url, [
    "/admin/referrals",
    "/admin/referrals?tab=platform",
    "/admin/orders",
    "/admin/catalog",
    "/admin/members",
    "/admin/settings?tab=payments",
    "/admin/settings?tab=rewards",
    "/admin/settings?tab=audit",
  ]);

  await page.goto(`${url}/admin/referrals`);
  await expectCurrentIsSeen(page.getByRole("navigation", { name: "Admin" }));
  await expectCurrentIsSeen(page.getByRole("navigation", { name: "Programs" }));
  const badges = page.getByRole("table").locator(".badge");
  for (const status of ["Pending", "Credited", "Failed"]) {
    await expectBadge(badges.filter({ hasText: status }).first());
  }
  // A failed credit of the demo needs attention.
  const mark = page.getByRole("banner").locator(".attention-mark");
  expect(await countColors(page, await boxOf(mark, 1)), "the dot beside Admin").toBeGreaterThan(1);
  await expectFocusIsSeen(page, 12);
});
