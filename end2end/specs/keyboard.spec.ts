import type { Locator, Page } from "@playwright/test";

import { expect, test } from "../support/fixtures";
import { waitForIslands, greeting, register, newPerson } from "../support/people";
import { EARNED, card, getLink, referrals } from "../support/referrals";
import { TICKET, expectBought, heading } from "../support/shop";

/** Presses Tab until `goal` has the focus, at most 80 times. */
async function tabTo(page: Page, goal: Locator): Promise<void> {
  await expect(goal).toBeVisible();
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press("Tab");
    if (await goal.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error(`Tab never reaches ${goal}`);
}

async function press(page: Page, goal: Locator): Promise<void> {
  await tabTo(page, goal);
  await page.keyboard.press("Enter");
}

test("the friend's part of Scenario 1 with the keyboard only", async ({ page, visit, world }) => {
  const referrer = await visit();
  await register(referrer, world.detroit, newPerson("Robin", "Hart"));
  const link = await getLink(referrer, world.detroit);
  const friend = newPerson("Jane", "Doe");

  await test.step("2. Friend clicks the link", async () => {
    await page.goto(link);
    await tabTo(page, page.getByRole("link", { name: "Skip to content" }));
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/#content$/);
    // The focus has moved too: the next Tab stop is in the content, not in the header.
    await page.keyboard.press("Tab");
    await expect(page.getByRole("main").locator(":focus")).toHaveCount(1);
  });
  await test.step("3. Friend registers", async () => {
    await page.goto(`${world.detroit.url}/events`);
    await press(page, page.getByRole("banner").getByRole("link", { name: "Register" }));
    await tabTo(page, page.getByLabel("First name"));
    await page.keyboard.type(friend.firstName);
    await page.keyboard.press("Tab");
    await page.keyboard.type(friend.lastName);
    await page.keyboard.press("Tab");
    await page.keyboard.type(friend.email);
    await page.keyboard.press("Tab");
    await page.keyboard.type("01151990");
    await tabTo(page, page.getByLabel("Password"));
    await page.keyboard.type(friend.password);
    await page.keyboard.press("Enter");
    await expect(greeting(page, friend)).toBeVisible();
  });
  await test.step("4. Friend makes their first purchase", async () => {
    const catalog = page.getByRole("navigation", { name: "Catalog" });
    await press(page, catalog.getByRole("link", { name: TICKET.section }));
    await press(page, page.getByRole("main").getByRole("link", { name: TICKET.name }));
    await press(page, page.getByRole("button", { name: TICKET.button }));
    await expect(heading(page, "Pay")).toBeVisible();
    await press(page, page.getByRole("button", { name: "Pay", exact: true }));
    await expectBought(page, TICKET);
  });
  await test.step("5. Friend gets a link of their own on the receipt", async () => {
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    const panel = page.getByRole("region", { name: "Refer a friend" });
    await press(page, panel.getByRole("button", { name: "Get My Referral Link" }));
    const field = panel.getByLabel("Your referral link");
    await expect(field).toHaveValue(/\?ref=/);
    await press(page, panel.getByRole("button", { name: "Copy link" }));
    await expect(panel.getByRole("status")).toHaveText("Copied");
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(await field.inputValue());
    await press(page, page.getByRole("link", { name: "Go to your dashboard" }));
    await expect(greeting(page, friend)).toBeVisible();
    await expect(card(page).getByLabel("Your referral link")).toBeVisible();
  });
  await expect(referrer.getByRole("link", { name: EARNED })).toBeVisible({ timeout: 20_000 });
  await expect(referrals(referrer)).toContainText("Credited");
});

test("the referrer's part with the keyboard only", async ({ page, world }) => {
  await register(page, world.detroit);
  await waitForIslands(page);
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await press(page, card(page).getByRole("button", { name: "Get My Referral Link" }));
  const field = card(page).getByLabel("Your referral link");
  // The field replaces the button and takes its focus.
  await expect(field).toBeFocused();
  await press(page, card(page).getByRole("button", { name: "Copy Link" }));
  await expect(card(page).getByRole("status")).toHaveText("Copied");
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toBe(await field.inputValue());
});

test("an account is deleted with the keyboard only", async ({ page, world }) => {
  const member = await register(page, world.detroit);
  await page.goto(`${world.detroit.url}/account`);
  await press(page, page.getByRole("link", { name: "Delete my account" }));
  const [password, button] = [
    page.getByLabel("Your password"),
    page.getByRole("button", { name: "Delete my account" }),
  ];
  await tabTo(page, password);
  await page.keyboard.type("not the password");
  await page.keyboard.press("Enter");
  await expect(password).toHaveAccessibleDescription("This is not your password.");
  await tabTo(page, password);
  await page.keyboard.type(member.password);
  await press(page, button);
  await expect(heading(page, "Your account is deleted")).toBeVisible();
});

test("a refused form links to the field with the error", async ({ page, world }) => {
  await page.goto(`${world.detroit.url}/register`);
  await waitForIslands(page);
  await press(page, page.getByRole("main").getByRole("button", { name: "Register" }));
  await expect(page.getByText("Please check what you entered.")).toBeVisible();
  await press(page, page.getByRole("link", { name: "Enter your first name." }));
  await expect(page.getByLabel("First name")).toBeFocused();
});

test("every focused element has a visible outline", async ({ page, world }) => {
  await page.goto(`${world.detroit.url}/sign-in`);
  const shown = async () =>
    await page.evaluate(() => {
      const style = getComputedStyle(document.activeElement ?? document.body);
      const outline = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
      return outline || style.boxShadow !== "none";
    });
  for (let presses = 0; presses < 12; presses++) {
    await page.keyboard.press("Tab");
    const name = await page.evaluate(() => document.activeElement?.outerHTML.slice(0, 80));
    expect(await shown(), name).toBe(true);
  }
});
