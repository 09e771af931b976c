import type { Page } from "@playwright/test";

import { expect, test } from "../support/fixtures";
import { register } from "../support/people";
import { TICKET, browseTo, buy, goBack } from "../support/shop";

test("the home page opens with what is next, and an event goes into a calendar", async ({ page, world }) => {
  const site = world.detroit;
  await page.goto(site.url);
  const next = page.getByRole("region", { name: "Next event" });
  await expect(next.getByRole("link")).toBeVisible();
  await expect(next.locator("time")).toHaveAttribute("datetime", /^20\d\d-/);
  await register(page, site);
  await browseTo(page, TICKET);
  const calendar = page.getByRole("link", { name: "Add to calendar" });
  const file = await page.request.get(site.url + ((await calendar.getAttribute("href")) ?? ""));
  expect(file.headers()["content-type"]).toContain("text/calendar");
  expect(await file.text()).toContain("BEGIN:VEVENT");
  await expect(page.getByRole("region", { name: "More events" }).getByRole("listitem")).toHaveCount(3);
  await buy(page, TICKET);
  await expect(calendar).toBeVisible();
  const receipt = new URL(page.url()).pathname;
  await page.goto(`${site.url}/dashboard`);
  const tile = page.getByRole("list", { name: "At a glance" }).getByRole("link", { name: /Next event/ });
  await expect(tile).toContainText(TICKET.name);
  await expect(tile).toHaveAttribute("href", receipt);
});

test("rows have at most three cards, and none stands alone", async ({ page, world }) => {
  for (const width of [1280, 800]) {
    await page.setViewportSize({ width, height: 900 });
    for (const path of ["/events", "/courses", "/shop", "/memberships"]) {
      await page.goto(world.detroit.url + path);
      const tops = await page
        .locator(".product-card")
        .evaluateAll((cards) => cards.map((card) => Math.round(card.getBoundingClientRect().top)));
      const rows = [...new Set(tops)].map((top) => tops.filter((one) => one === top).length);
      expect(Math.max(...rows), `${path} at ${width}`).toBeLessThanOrEqual(width > 960 ? 3 : 2);
      if (width > 960 && rows.length > 1) expect(Math.min(...rows), path).toBeGreaterThan(1);
    }
  }
});

test("the buy box stays in sight", async ({ page, world }) => {
  await page.setViewportSize({ width: 1280, height: 700 });
  await page.goto(world.detroit.url + TICKET.path);
  await expect(page.locator(".product-buy")).toHaveCSS("position", "sticky");
  await page.setViewportSize({ width: 390, height: 700 });
  await expect(page.locator(".product-buy")).toHaveCSS("position", "static");
});

test("a brand answers questions, and on each of its pages one button stands out", async ({ page, world }) => {
  const { url } = world.pewpros;
  await page.goto(`${url}/pricing`);
  await expect(page.getByRole("region", { name: "Annual", exact: true })).toContainText("2 months free");
  for (const [path, name] of [
    ["", "See pricing"],
    ["/pricing", /^Get Started with Annual/],
    ["/pricing?plan=monthly", /^Get Started with Monthly/],
  ] as const) {
    await page.goto(url + path);
    await expectOneToStandOut(page, name);
  }
  await page.goto(`${url}/pricing/checkout?plan=annual`);
  await page.getByRole("button", { name: "Continue to payment" }).click();
  await goBack(page);
  await expectOneToStandOut(page, "Continue to payment");
  await page.goto(`${url}/pricing`);
  const questions = page.getByRole("region", { name: "Questions and answers" });
  await questions.getByText("Can I cancel?").click();
  await expect(questions.getByText("Yes, whenever you like.")).toBeVisible();
  await page.goto(url);
  await expect(page.getByRole("img", { name: /A member’s card/ })).toBeVisible();
  const proof = page.getByRole("region", { name: "What you can check" });
  await expect(proof.getByRole("listitem")).toHaveCount(6);
});

async function expectOneToStandOut(page: Page, name: string | RegExp): Promise<void> {
  const primary = page.getByRole("main").locator(".button-primary");
  await expect(primary).toHaveCount(1);
  await expect(primary).toHaveAccessibleName(name);
}
