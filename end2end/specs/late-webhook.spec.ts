import type { Page } from "@playwright/test";

import { expect, test } from "../support/fixtures";
import { register, newPerson } from "../support/people";
import { EARNED, balanceSentence, card, getLink } from "../support/referrals";
import {
  COURSE,
  MEMBERSHIP,
  NOT_PAID_YET,
  SHOP_ITEM,
  browseTo,
  checkAgainUntil,
  expectBought,
  goBack,
  heading,
  goToCheckout,
} from "../support/shop";

// Has its own world because it holds a site's webhook deliveries.
test.use({ worldName: "late-webhook" });

test.afterEach(async ({ world }) => {
  await world.stripe.clearFaults();
  await world.stripe.releaseDeliveries(world.detroit);
});

/** Counts the page loads. */
function loads(page: Page): () => number {
  let all = 0;
  page.on("framenavigated", (frame) => {
    if (frame === page.mainFrame()) all += 1;
  });
  return () => all;
}

test("a purchase without a webhook is credited, and the late webhook changes nothing", async ({
  page,
  visit,
  world,
}) => {
  const { stripe, detroit } = world;
  const referrer = await register(page, detroit, newPerson("Robin"));
  const link = await getLink(page, detroit);
  const friend = await visit();
  await friend.goto(link);
  await register(friend, detroit);
  await browseTo(friend, SHOP_ITEM);
  await goToCheckout(friend, SHOP_ITEM);
  await stripe.holdDeliveries(detroit);
  await friend.getByRole("button", { name: "Pay", exact: true }).click();
  await expectBought(friend, SHOP_ITEM);
  await expect(page.getByRole("link", { name: EARNED })).toBeVisible({ timeout: 20_000 });

  await stripe.releaseDeliveries(detroit);
  await stripe.waitForDeliveries(detroit);
  await page.reload();
  await expect(card(page).getByText(balanceSentence("$10.00"))).toBeVisible();
  await expect(page.getByRole("link", { name: "Notifications, 1 unread" })).toBeVisible();
  const transactions = await stripe.balanceTransactions(detroit, referrer.email);
  expect(transactions.map((transaction) => transaction.amount)).toEqual([-1000]);
  await friend.goto(`${detroit.url}/dashboard`);
  const purchases = friend.getByRole("region", { name: "Purchases" }).getByRole("listitem");
  await expect(purchases).toHaveCount(1);
  await expect(purchases).toContainText("Paid");
});

test("the page of an unconfirmed payment becomes Paid without a reload", async ({
  page,
  world,
}) => {
  const { stripe, detroit } = world;
  await register(page, detroit);
  await browseTo(page, SHOP_ITEM);
  await goToCheckout(page, SHOP_ITEM);
  await stripe.holdDeliveries(detroit);
  await stripe.failSessionRetrieval(detroit);
  await page.getByRole("button", { name: "Pay", exact: true }).click();
  await expect(heading(page, NOT_PAID_YET)).toBeVisible();
  await expect(page.getByText("nothing was charged")).toHaveCount(0);
  const again = page.getByRole("link", { name: "Check again" });
  await again.focus();
  const asked = await stripe.countSessionRequests("GET");
  const loaded = loads(page);
  // The page keeps asking Stripe and does not change meanwhile.
  await expect(async () => expect(await stripe.countSessionRequests("GET")).toBeGreaterThan(asked)).toPass();
  await expect(heading(page, NOT_PAID_YET)).toBeVisible();
  await expect(again).toBeFocused();
  await stripe.clearFaults();
  await expectBought(page, SHOP_ITEM);
  expect(loaded(), "the page was not reloaded").toBe(0);
});

test("the receipt of a membership leads to where it is managed once it is paid", async ({ page, world }) => {
  const { stripe, detroit } = world;
  await register(page, detroit);
  await browseTo(page, MEMBERSHIP);
  await goToCheckout(page, MEMBERSHIP);
  await stripe.holdDeliveries(detroit);
  await stripe.failSessionRetrieval(detroit);
  await page.getByRole("button", { name: "Pay", exact: true }).click();
  await expect(heading(page, NOT_PAID_YET)).toBeVisible();
  const manage = page.getByRole("button", { name: /^Manage membership/ });
  await expect(manage).toHaveCount(0);
  const loaded = loads(page);
  await stripe.clearFaults();
  await expectBought(page, MEMBERSHIP);
  await expect(manage).toBeVisible();
  expect(loaded(), "the page was not reloaded").toBe(0);
});

test("a delayed payment without a webhook is confirmed on its page", async ({ page, world }) => {
  const { stripe, detroit } = world;
  await register(page, detroit);
  await browseTo(page, COURSE);
  await goToCheckout(page, COURSE);
  await stripe.holdDeliveries(detroit);
  await page.getByRole("button", { name: "Pay slowly" }).click();
  const payment = page.url();
  await page.getByRole("link", { name: "Continue" }).click();
  await expect(heading(page, "Your payment is being processed")).toBeVisible();
  const loaded = loads(page);
  const later = await page.context().newPage();
  await later.goto(payment);
  await later.getByRole("button", { name: "Let it succeed" }).click();
  await later.close();
  await expectBought(page, COURSE);
  expect(loaded(), "the page was not reloaded").toBe(0);
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("the page does not refresh, and Check again asks Stripe", async ({ page, world }) => {
    const { stripe, detroit } = world;
    await register(page, detroit);
    await browseTo(page, SHOP_ITEM);
    await goToCheckout(page, SHOP_ITEM);
    await goBack(page);
    await page.getByRole("button", { name: "Continue to payment" }).click();
    await stripe.holdDeliveries(detroit);
    await stripe.failSessionRetrieval(detroit);
    await page.getByRole("button", { name: "Pay", exact: true }).click();
    await expect(heading(page, NOT_PAID_YET)).toBeVisible();
    await expect(page.locator("meta[http-equiv=refresh]")).toHaveCount(0);
    await stripe.clearFaults();
    await expectBought(page, SHOP_ITEM, checkAgainUntil);
  });
});
