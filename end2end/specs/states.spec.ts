import type { Locator, Page } from "@playwright/test";

import { expect, test } from "../support/fixtures";
import { newPerson, register, signIn, waitForIslands } from "../support/people";
import { getLink, referrals } from "../support/referrals";

const VISITORS_PAGES = ["/", "/sign-in", "/register", "/forgot-password"];
const MEMBERS_PAGES = ["/events", "/dashboard", "/share", "/account", "/notifications"];
const CONSOLE_PAGES = [
  "/admin/referrals",
  "/admin/referrals?tab=platform",
  "/admin/orders",
  "/admin/catalog",
  "/admin/catalog/new",
  "/admin/members",
  "/admin/team",
  "/admin/settings",
];

/** How long the site takes for a form: longer than a page waits before it says that it is busy. */
const SLOW_MS = 900;

test("a line says that the page is offline, and what was missed is read afterwards", async ({ page, visit, world }) => {
  await register(page, world.detroit, newPerson("Robin", "Hart"));
  const link = await getLink(page, world.detroit);
  await waitForIslands(page);
  const line = page.getByText("You are offline. What you see may be out of date.");
  await page.context().setOffline(true);
  await expect(line).toBeVisible();
  const friend = await visit();
  await friend.goto(link);
  await register(friend, world.detroit, newPerson("Jane", "Doe"));
  await page.context().setOffline(false);
  await expect(line).toHaveCount(0);
  await expect(referrals(page)).toContainText("Jane D.", { timeout: 20_000 });
});

for (const { kind, path, button, answer } of [
  {
    kind: "an island's form",
    path: "/sign-in",
    button: "Sign in",
    answer: "The email address or password is incorrect.",
  },
  {
    kind: "a plain form",
    path: "/forgot-password",
    button: "Email me a link",
    answer: "a link is on its way to it",
  },
]) {
  test(`${kind} that is sent offline keeps what was typed, and can be sent again`, async ({ page, world }) => {
    const { email, password } = newPerson();
    await page.goto(world.detroit.url + path);
    await waitForIslands(page);
    const main = page.getByRole("main");
    const field = main.getByLabel("Email");
    await field.fill(email);
    const secret = main.getByLabel("Password");
    if (path === "/sign-in") await secret.fill(password);
    const said = main
      .locator("form")
      .getByText("You are offline. Nothing was sent. Try again when you are connected.");
    await page.context().setOffline(true);
    const send = main.getByRole("button", { name: button });
    await send.click();
    await expect(said).toBeVisible();
    await expect(field).toHaveValue(email);
    if (path === "/sign-in") await expect(secret).toHaveValue(password);
    await send.click();
    await expect(said, "it says so once").toHaveCount(1);
    await page.context().setOffline(false);
    await expect(said).toHaveCount(0);
    await send.click();
    await expect(page.getByText(answer)).toBeVisible();
  });

  test(`${kind} that takes its time says so on its button`, async ({ page, world }) => {
    const { email, password } = newPerson();
    await page.route("**/*", async (route) => {
      if (route.request().method() === "POST") await new Promise((done) => setTimeout(done, SLOW_MS));
      await route.continue();
    });
    await page.goto(world.detroit.url + path);
    await waitForIslands(page);
    const main = page.getByRole("main");
    await main.getByLabel("Email").fill(email);
    if (path === "/sign-in") await main.getByLabel("Password").fill(password);
    // The page cannot be asked while the next one is on its way, so it writes down what it shows.
    await page.evaluate(() => {
      const form = document.querySelector("main form");
      const note = () => form?.querySelector("[aria-busy=true]") && sessionStorage.setItem("busy", "yes");
      new MutationObserver(note).observe(form ?? document, { subtree: true, attributeFilter: ["aria-busy"] });
    });
    await main.locator('form [type="submit"]').click();
    await expect(page.getByText(answer)).toBeVisible();
    await expect(main.locator("[aria-busy=true]")).toHaveCount(0);
    expect(await page.evaluate(() => sessionStorage.getItem("busy"))).toBe("yes");
  });
}

test.describe("on a small phone", () => {
  test.use({ viewport: { width: 320, height: 640 } });

  test("a toast wraps, and its button stands at its right edge", async ({ page, world }) => {
    await signIn(page, world.detroit, world.login(world.detroit));
    const toast = await showToast(page, `Add https://example.com/${"webhook".repeat(30)} at Stripe.`);
    const close = toast.getByRole("button", { name: "Dismiss" });
    const [frame, box] = [await toast.boundingBox(), await close.boundingBox()];
    if (!frame || !box) throw new Error("the toast has no place");
    expect(frame.x).toBeGreaterThanOrEqual(0);
    expect(frame.x + frame.width).toBeLessThanOrEqual(320);
    expect(box.y).toBeGreaterThanOrEqual(0);
    expect(frame.x + frame.width - box.x - box.width, "at the right edge").toBeLessThanOrEqual(12);
    expect(await toast.evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0);
    await close.click();
    await expect(toast).toHaveCount(0);
  });
});

test("a toast leaves once somebody at the page could read it, unless the focus is on it", async ({ page, world }) => {
  await page.clock.install();
  await signIn(page, world.detroit, world.login(world.detroit));
  const toast = await showToast(page, "Your name was changed.");
  await page.clock.runFor(60_000);
  await expect(toast, "nobody is there").toBeVisible();
  await toast.getByRole("button").focus();
  await page.keyboard.press("Shift");
  await page.clock.runFor(60_000);
  await expect(toast, "it has the focus").toBeVisible();
  await page.getByRole("banner").getByRole("button", { name: "Menu" }).focus();
  await page.clock.runFor(60_000);
  await expect(toast).toHaveCount(0);
});

test("only colors, opacity and transforms change slowly, and none for longer than 200 ms", async ({ page, world }) => {
  await signIn(page, world.detroit, world.pat);
  for (const path of [...MEMBERS_PAGES, ...CONSOLE_PAGES]) {
    await page.goto(world.detroit.url + path);
    const slow = await page.evaluate(() => {
      const seconds = (list: string) => Math.max(...list.split(",").map(parseFloat));
      const calm = /^(color|opacity|transform|background-color|border(-[a-z]+)*-color)$/;
      const styles = [...document.querySelectorAll("*")].map((element) => getComputedStyle(element));
      const moved = styles.filter(({ transitionDuration }) => seconds(transitionDuration) > 0);
      const wrong = moved.filter(
        ({ transitionProperty, transitionDuration }) =>
          seconds(transitionDuration) > 0.2 ||
          !transitionProperty.split(", ").every((property) => calm.test(property)),
      );
      return { moved: moved.length, wrong: wrong.map((style) => style.transition) };
    });
    expect(slow.moved, path).toBeGreaterThan(0);
    expect(slow.wrong, path).toEqual([]);
  }
});

test.describe("with reduced motion", () => {
  test.use({ contextOptions: { reducedMotion: "reduce" } });

  test("nothing moves", async ({ page, world }) => {
    await signIn(page, world.detroit, world.pat);
    for (const path of [...MEMBERS_PAGES, ...CONSOLE_PAGES]) {
      await page.goto(world.detroit.url + path);
      if (path === "/dashboard") await showToast(page, "Your name was changed.");
      const moving = await page.evaluate(() => {
        for (const button of document.querySelectorAll(".button")) button.setAttribute("aria-busy", "true");
        const seconds = (list: string) => Math.max(...list.split(",").map(parseFloat));
        const places = [...document.querySelectorAll("*")].flatMap((element) =>
          [null, "::before", "::after"].map((pseudo) => ({ element, pseudo })),
        );
        const found = places.filter(({ element, pseudo }) => {
          const style = getComputedStyle(element, pseudo);
          const runs = style.animationName !== "none" || seconds(style.transitionDuration) > 0;
          return runs || style.scrollBehavior === "smooth";
        });
        return found.map(({ element, pseudo }) => `${element.outerHTML.slice(0, 80)} ${pseudo}`);
      });
      expect(moving, path).toEqual([]);
    }
  });
});

for (const forcedColors of ["none", "active"] as const) {
  test.describe(forcedColors === "active" ? "with forced colors" : "with the site's colors", () => {
    test.use({ contextOptions: { forcedColors } });

    for (const [whose, paths] of Object.entries({
      "a visitor's pages": VISITORS_PAGES,
      "a member's pages": MEMBERS_PAGES,
      "the console": CONSOLE_PAGES,
    })) {
      test(`each control of ${whose} has an outline while it has the focus`, async ({ page, world }) => {
        test.slow();
        if (paths !== VISITORS_PAGES) await signIn(page, world.detroit, world.pat);
        for (const path of paths) {
          await page.goto(world.detroit.url + path);
          await waitForIslands(page);
          const { seen, bare } = await focusEach(page);
          expect(seen, path).toBeGreaterThan(3);
          expect(bare, path).toEqual([]);
        }
      });
    }
  });
}

test.describe("with forced colors", () => {
  test.use({ contextOptions: { forcedColors: "active" } });

  test("what is selected, and each badge, is seen without the site's colors", async ({ page, world }) => {
    await signIn(page, world.detroit, world.pat);
    await page.goto(`${world.detroit.url}/admin/referrals?tab=platform`);
    const tabs = page.locator(".tabs a");
    const selected = page.locator(".tabs a[aria-current]");
    const other = tabs.and(page.locator(":not([aria-current])")).first();
    const edge = "border-bottom-color";
    expect(await style(selected, edge)).not.toBe(await style(other, edge));
    const places = page.getByRole("navigation", { name: "Admin" }).getByRole("link");
    const here = places.and(page.locator("[aria-current]"));
    const elsewhere = places.and(page.locator(":not([aria-current])")).first();
    expect(await style(here, "background-color")).not.toBe(await style(elsewhere, "background-color"));
    const badge = page.getByRole("table").locator(".badge").first();
    expect(await style(badge, "border-top-style")).toBe("solid");
    expect(await style(badge, "border-top-color")).not.toBe(await style(badge, "background-color"));
  });
});

/** Shows a sentence as a form does that was sent. */
async function showToast(page: Page, sentence: string): Promise<Locator> {
  const toast = page.locator(".toasts-done .toast");
  await expect(async () => {
    await page.evaluate((detail) => dispatchEvent(new CustomEvent("pewpros:toast", { detail })), sentence);
    await expect(toast).toContainText(sentence, { timeout: 500 });
  }).toPass();
  return toast;
}

/** Gives the focus to each control, as the keyboard does; `bare` are those that show nothing of it. */
async function focusEach(page: Page): Promise<{ seen: number; bare: string[] }> {
  await page.keyboard.press("Tab");
  return await page.evaluate(() => {
    const outlined = (element: Element | null, pseudo?: string) => {
      if (element === null) return false;
      const { outlineStyle, outlineWidth } = getComputedStyle(element, pseudo);
      return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
    };
    const bare: string[] = [];
    let seen = 0;
    for (const control of document.querySelectorAll<HTMLElement>(
      "a[href], button, input, select, textarea, summary",
    )) {
      control.focus();
      // What is hidden takes none.
      if (document.activeElement !== control) continue;
      seen += 1;
      const whole = control.closest(".product-card, .purchase");
      const shown = outlined(control) || outlined(control, "::after") || outlined(whole);
      if (!shown) bare.push(control.outerHTML.slice(0, 100));
    }
    return { seen, bare };
  });
}

async function style(of: Locator, property: string): Promise<string> {
  return await of.evaluate((element, name) => getComputedStyle(element).getPropertyValue(name), property);
}
