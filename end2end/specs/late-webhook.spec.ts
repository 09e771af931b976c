import type { Page } from "@playwright/test";

import { expect, test } from "../support/fixtures";
import { register, somebody } from "../support/people";
import { EARNED, balanceSentence, card, getLink } from "../support/referrals";
import {
  COURSE,
  NOT_PAID_YET,
  SHOP_ITEM,
  browseTo,
  byHand,
  expectBought,
  goBack,
  heading,
  toStripe,
} from "../support/shop";

// It keeps Stripe's news from a site, which no other test may feel.
test.use({ worldName: "late-webhook" });

test.afterEach(async ({ world }) => {
  await world.stripe.mend();
  await world.stripe.release(world.detroit);
});

/** Counts how often the page is loaded anew. */
function loads(page: Page): () => number {
  let all = 0;
  page.on("framenavigated", (frame) => {
    if (frame === page.mainFrame()) all += 1;
  });
  return () => all;
}

test("a sale that no webhook tells of is paid and credited, and then told of once", async ({
  page,
  visit,
  world,
}) => {
  const { stripe, detroit } = world;
  const referrer = await register(page, detroit, somebody("Robin"));
  const link = await getLink(page, detroit);
  const friend = await visit();
  await friend.goto(link);
  await register(friend, detroit);
  await browseTo(friend, SHOP_ITEM);
  await toStripe(friend, SHOP_ITEM);
  await stripe.hold(detroit);
  await friend.getByRole("button", { name: "Pay", exact: true }).click();
  await expectBought(friend, SHOP_ITEM);
  await expect(page.getByRole("link", { name: EARNED })).toBeVisible({ timeout: 20_000 });

  await stripe.release(detroit);
  await stripe.idle(detroit);
  await page.reload();
  await expect(card(page).getByText(balanceSentence("$10.00"))).toBeVisible();
  await expect(page.getByRole("link", { name: "Notifications, 1 unread" })).toBeVisible();
  const ledger = await stripe.ledger(detroit, referrer.email);
  expect(ledger.map((entry) => entry.amount)).toEqual([-1000]);
  await friend.goto(`${detroit.url}/dashboard`);
  const purchases = friend.getByRole("region", { name: "Purchases" }).getByRole("listitem");
  await expect(purchases).toHaveCount(1);
  await expect(purchases).toContainText("Paid");
});

test("the page of a payment that is not known yet turns to Paid in its place", async ({
  page,
  world,
}) => {
  const { stripe, detroit } = world;
  await register(page, detroit);
  await browseTo(page, SHOP_ITEM);
  await toStripe(page, SHOP_ITEM);
  await stripe.hold(detroit);
  await stripe.spoilRetrieving(detroit);
  await page.getByRole("button", { name: "Pay", exact: true }).click();
  await expect(heading(page, NOT_PAID_YET)).toBeVisible();
  await expect(page.getByText("nothing was charged")).toHaveCount(0);
  const again = page.getByRole("link", { name: "Check again" });
  await again.focus();
  const asked = await stripe.asked("GET");
  const loaded = loads(page);
  // It asks, hears nothing, and keeps still meanwhile.
  await expect(async () => expect(await stripe.asked("GET")).toBeGreaterThan(asked)).toPass();
  await expect(heading(page, NOT_PAID_YET)).toBeVisible();
  await expect(again).toBeFocused();
  await stripe.mend();
  await expectBought(page, SHOP_ITEM);
  expect(loaded(), "it is the same page").toBe(0);
});

test("a slow payment that no webhook tells of ends on its page", async ({ page, world }) => {
  const { stripe, detroit } = world;
  await register(page, detroit);
  await browseTo(page, COURSE);
  await toStripe(page, COURSE);
  await stripe.hold(detroit);
  await page.getByRole("button", { name: "Pay slowly" }).click();
  const payment = page.url();
  await page.getByRole("link", { name: "Continue" }).click();
  await expect(heading(page, "Your payment is on its way")).toBeVisible();
  const loaded = loads(page);
  const later = await page.context().newPage();
  await later.goto(payment);
  await later.getByRole("button", { name: "Let it succeed" }).click();
  await later.close();
  await expectBought(page, COURSE);
  expect(loaded(), "it is the same page").toBe(0);
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("the page keeps still, and Check again asks", async ({ page, world }) => {
    const { stripe, detroit } = world;
    await register(page, detroit);
    await browseTo(page, SHOP_ITEM);
    await toStripe(page, SHOP_ITEM);
    await goBack(page);
    await page.getByRole("button", { name: "Continue to payment" }).click();
    await stripe.hold(detroit);
    await stripe.spoilRetrieving(detroit);
    await page.getByRole("button", { name: "Pay", exact: true }).click();
    await expect(heading(page, NOT_PAID_YET)).toBeVisible();
    await expect(page.locator("meta[http-equiv=refresh]")).toHaveCount(0);
    await stripe.mend();
    await expectBought(page, SHOP_ITEM, byHand);
  });
});
