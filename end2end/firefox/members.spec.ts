import type { Page } from "puppeteer-core";

import type { Site } from "../support/demo";
import { button, click, expect, find, test, text, type } from "../support/firefox";
import { type Person, newPerson } from "../support/people";
import { EARNED } from "../support/referrals";
import { NOT_PAID_YET, TICKET } from "../support/shop";

/** Registers through the link in the header of the current page. */
async function registerFromHere(page: Page, person: Person): Promise<void> {
  await click(page, 'header a[href="/register"]');
  await type(page, "First name", person.firstName);
  await type(page, "Last name", person.lastName);
  await type(page, "Email", person.email);
  // Firefox asks for month, day and year.
  await type(page, "Date of birth", "01151990");
  await type(page, "Password", person.password);
  await click(page, button("Register"));
  await find(page, text(`Hello, ${person.firstName}`, "h1"));
}

async function signIn(page: Page, site: Site, login: { email: string; password: string }): Promise<void> {
  await page.goto(`${site.url}/sign-in`);
  await type(page, "Email", login.email);
  await type(page, "Password", login.password);
  await click(page, button("Sign in"));
  await find(page, text("Hello", "h1"));
}

/** Waits until the islands of a member's page are hydrated, and marks the page to see whether it is loaded again. */
async function waitForIslands(page: Page): Promise<void> {
  // The bell is one of them, and listens to this.
  const isHydrated = () => page.evaluate(() => document.onvisibilitychange !== null);
  await expect.poll(isHydrated, { timeout: 20_000 }).toBe(true);
  await page.evaluate(() => Object.assign(window, { isFirstLoad: true }));
}

async function expectNotLoadedAgain(page: Page): Promise<void> {
  expect(await page.evaluate(() => "isFirstLoad" in window), "the page was not loaded again").toBe(true);
}

test("Scenario 1: a link becomes a credit", async ({ open, world }) => {
  const { url } = world.detroit;
  const referrer = await open();
  let link = "";
  await test.step("1. User gets their referral link", async () => {
    await referrer.goto(url);
    await registerFromHere(referrer, newPerson("Robin", "Hart"));
    await waitForIslands(referrer);
    await click(referrer, button("Get My Referral Link"));
    const field = await find(referrer, "label/Your referral link");
    link = await field.evaluate((input) => (input as HTMLInputElement).value);
    expect(link).toContain(`${url}?ref=`);
    await click(referrer, "#refer .copy-field button");
    await find(referrer, text("Copied", "#refer"));
    await expectNotLoadedAgain(referrer);
  });

  const friend = await open();
  await test.step("2. and 3. Friend clicks the link and registers", async () => {
    await friend.goto(link);
    await registerFromHere(friend, newPerson("Jane", "Doe"));
    await find(referrer, text("Jane D.", "#refer"));
    await find(referrer, text("Pending", "#refer"));
  });
  await test.step("4. Friend makes their first purchase", async () => {
    await friend.goto(url + TICKET.path);
    await click(friend, button(TICKET.button));
    await find(friend, text("Pay", "h1"));
    await click(friend, button("Pay", "body"));
    // The receipt updates itself once Stripe has told.
    await find(friend, text(`You bought ${TICKET.name}`, "h1"));
    expect(await friend.$(text(NOT_PAID_YET, "h1"))).toBeNull();
  });
  await test.step("5. Referrer sees the credit, on the page that was open all the time", async () => {
    await find(referrer, text(EARNED, ".toasts"));
    await find(referrer, text("Credited", "#refer"));
    await find(referrer, text("1 joined", ".tiles"));
    await expectNotLoadedAgain(referrer);
  });
});

test("a member signs in, and marks notifications as read without a page load", async ({ open, world }) => {
  const page = await open();
  await signIn(page, world.detroit, world.login(world.detroit));
  await page.goto(`${world.detroit.url}/notifications`);
  await waitForIslands(page);
  await click(page, button("Mark all as read"));
  await expect.poll(async () => (await page.$$("#notifications button")).length).toBe(0);
  await expectNotLoadedAgain(page);
});

test("the console's table follows its filter", async ({ open, world }) => {
  const page = await open();
  await signIn(page, world.detroit, world.pat);
  await page.goto(`${world.detroit.url}/admin/referrals`);
  await waitForIslands(page);
  await page.select("#filter-status", "failed");
  await expect.poll(() => page.evaluate(() => location.search)).toContain("status=failed");
  const badges = () => page.$$eval("tbody .badge", (all) => all.map((badge) => badge.textContent));
  await expect.poll(async () => new Set(await badges())).toEqual(new Set(["Failed"]));
  await expectNotLoadedAgain(page);
});
