import type { Page } from "@playwright/test";

import { expect, test, type Visit } from "../support/fixtures";
import { greeting, register, registerFromHere, newPerson } from "../support/people";
import { EARNED, balanceSentence, card, getLink, readLink, referrals } from "../support/referrals";
import { TICKET, buy } from "../support/shop";
import type { World } from "../support/world";

/** The guide's "Scenario 1: Tenant User Refers a Friend", line by line. */
for (const path of ["", "/events"]) {
  test(`a link to ${path || "the home page"} becomes a credit`, async ({ page, visit, world }) => {
    await play(page, visit, world, path);
  });
}

async function play(page: Page, visit: Visit, world: World, path: string): Promise<void> {
  const site = world.detroit;
  const friend = newPerson("Jane", "Doe");
  const referrer = await register(page, site, newPerson("Robin", "Hart"));
  let link = "";

  await test.step("1. User gets their referral link", async () => {
    await test.step("User logs in and goes to their Dashboard (/dashboard)", async () => {
      await expect(page).toHaveURL(`${site.url}/dashboard`);
      await expect(greeting(page, referrer)).toBeVisible();
    });
    await test.step('Scrolls to the "Refer a Friend" card at the bottom', async () => {
      const sections = page.getByRole("main").getByRole("region");
      await expect(sections.last()).toHaveAccessibleName("Refer a Friend");
      await card(page).scrollIntoViewIfNeeded();
      await expect(card(page).getByText(/Nobody has registered with your link/)).toBeVisible();
    });
    await test.step('Clicks "Get My Referral Link" (generates a unique 8-character code)', async () => {
      await expect(card(page).getByLabel("Your referral link")).toHaveCount(0);
      link = await getLink(page, site);
    });
    await test.step("Copies the link (e.g. https://detroitarms.com?ref=ab3kx7mn)", async () => {
      await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
      await card(page).getByRole("button", { name: "Copy Link" }).click();
      await expect(card(page).getByRole("status")).toHaveText("Copied");
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(link);
      await page.reload();
      expect(await readLink(page, site), "the code is generated once").toBe(link);
    });
  });

  const friendPage = await visit();
  await test.step("2. Friend clicks the link", async () => {
    await test.step(`Friend visits ${path}?ref=CODE`, async () => {
      await friendPage.goto(link.replace("?ref=", `${path}?ref=`));
    });
    await test.step("They can browse the site normally", async () => {
      const sections = friendPage.getByRole("navigation", { name: "Catalog" });
      await sections.getByRole("link", { name: "Courses" }).click();
      await expect(friendPage.getByRole("heading", { level: 1, name: "Courses" })).toBeVisible();
      await sections.getByRole("link", { name: "Shop" }).click();
      await expect(friendPage.getByRole("heading", { level: 1, name: "Shop" })).toBeVisible();
    });
  });

  await test.step("3. Friend registers", async () => {
    await registerFromHere(friendPage, friend);
    // The open page shows the friend by itself, and so does its tile.
    await expect(referrals(page)).toContainText("Jane D.", { timeout: 20_000 });
    await expect(page.getByRole("link", { name: /^Friends/ })).toContainText("1 joined");
    // Uses another page, so that the referrer's page is not reloaded until the end.
    const glance = await page.context().newPage();
    await glance.goto(`${site.url}/dashboard`);
    await expect(referrals(glance)).toHaveCount(1);
    await expect(referrals(glance)).toContainText("Jane D.");
    await expect(referrals(glance)).toContainText("Pending");
    await glance.close();
  });

  expect(await world.stripe.balanceTransactions(site, referrer.email), "no credit for registering").toEqual([]);

  await test.step("4. Friend makes their first purchase", async () => {
    await buy(friendPage, TICKET);
  });

  await test.step("5. Referrer sees the credit", async () => {
    await test.step(`Referrer gets a notification: "${EARNED}"`, async () => {
      await expect(page.getByRole("link", { name: EARNED })).toBeVisible({ timeout: 20_000 });
      await expect(page.getByRole("link", { name: "Notifications, 1 unread" })).toBeVisible();
    });
    await test.step("The credit appears on their Stripe customer balance", async () => {
      await expect(referrals(page)).toContainText("Credited");
      await expect(referrals(page)).toContainText("$10.00");
      await expectOneCredit(world, referrer.email);
    });
    // The guide's next line is "Next time they make a purchase, Stripe automatically applies the
    // balance". Stripe does so only for memberships, and the page says that.
    await test.step("Next time they make a purchase, Stripe automatically applies the balance", async () => {
      await expect(card(page).getByText(balanceSentence("$10.00"))).toBeVisible();
    });
  });
}

async function expectOneCredit(world: World, email: string): Promise<void> {
  expect(await world.stripe.balanceTransactions(world.detroit, email)).toMatchObject([
    { amount: -1000, currency: "usd", description: "Referral credit", type: "adjustment" },
  ]);
}
