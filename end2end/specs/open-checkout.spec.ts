import { expect, test } from "../support/fixtures";
import { register } from "../support/people";
import {
  MEMBERSHIP,
  OPEN_CHECKOUT,
  SHOP_ITEM,
  browseTo,
  buy,
  checkAgainUntil,
  waitForUpdate,
  expectBought,
  detail,
  goBack,
  continueToPayment,
  openCheckoutNotice,
  goToCheckout,
} from "../support/shop";
import type { World } from "../support/world";

/**
 * A Checkout session for a membership applies the member's balance, so only one can be open at a
 * time.
 */
for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });
    const waitUntil = javaScriptEnabled ? waitForUpdate : checkAgainUntil;

    test("buying again after Back continues the open session and charges the same", async ({
      page,
      world,
    }) => {
      const { email } = await register(page, world.detroit);
      await buy(page, SHOP_ITEM, waitUntil);
      await world.stripe.addCredit(world.detroit, email, 4000);
      const balance = () => world.stripe.balance(world.detroit, email);
      const dueNothing = () =>
        expect(page.getByRole("row", { name: "Total due $0.00" })).toBeVisible();

      await browseTo(page, MEMBERSHIP);
      await goToCheckout(page, MEMBERSHIP);
      await dueNothing();
      const first = page.url();
      expect(await balance(), "$39 of $40 are applied").toBe(-100);

      await test.step("the link back, and Continue", async () => {
        await goBack(page);
        await expect(openCheckoutNotice(page)).toContainText("your credit is reserved");
        await expect(page.getByRole("button", { name: MEMBERSHIP.button })).toHaveCount(0);
        await continueToPayment(page, MEMBERSHIP);
        expect(page.url()).toBe(first);
        await dueNothing();
      });
      await test.step("the browser's Back, and the same button as before", async () => {
        await page.goBack();
        await page.goto(world.detroit.url + MEMBERSHIP.path);
        await continueToPayment(page, MEMBERSHIP);
        expect(page.url()).toBe(first);
      });
      expect(await memberships(world, email)).toMatchObject([{ status: "open" }]);
      expect(await balance()).toBe(-100);

      await page.getByRole("button", { name: "Pay", exact: true }).click();
      await expectBought(page, MEMBERSHIP, waitUntil);
      await expect(detail(page, "Paid")).toHaveText("$0.00");
      await expect(detail(page, "Credit used")).toHaveText("-$39.00");
      expect(await memberships(world, email)).toMatchObject([{ status: "complete" }]);
      expect(await balance()).toBe(-100);
    });

    test("Cancel this purchase expires the session and restores the balance", async ({ page, world }) => {
      const { email } = await register(page, world.detroit);
      await buy(page, SHOP_ITEM, waitUntil);
      await world.stripe.addCredit(world.detroit, email, 4000);
      await browseTo(page, MEMBERSHIP);
      await goToCheckout(page, MEMBERSHIP);
      const first = page.url();
      await goBack(page);
      expect(await world.stripe.balance(world.detroit, email)).toBe(-100);
      expect(await memberships(world, email), "a GET expires nothing").toMatchObject([
        { status: "open" },
      ]);

      await page.getByRole("button", { name: "Cancel this purchase" }).click();
      await expect(page.getByRole("button", { name: MEMBERSHIP.button })).toBeVisible();
      await expect(page.getByText(OPEN_CHECKOUT)).toHaveCount(0);
      expect(await world.stripe.balance(world.detroit, email)).toBe(-4000);
      expect(await memberships(world, email)).toMatchObject([{ status: "expired" }]);

      await goToCheckout(page, MEMBERSHIP);
      expect(page.url()).not.toBe(first);
      await expect(page.getByRole("row", { name: "Total due $0.00" })).toBeVisible();
    });

    test("buying a second membership needs a confirmation", async ({ page, world }) => {
      await register(page, world.detroit);
      await buy(page, MEMBERSHIP, waitUntil);
      await browseTo(page, MEMBERSHIP);
      await expect(page.getByText("You already have this membership.")).toBeVisible();
      await expect(page.getByRole("button", { name: MEMBERSHIP.button })).toHaveCount(0);
      await page.getByRole("button", { name: "Buy another membership" }).click();
      await expect(page.getByRole("heading", { name: "Pay" })).toBeVisible();
    });
  });
}

/** The member's Checkout sessions for a membership, oldest first. */
async function memberships(world: World, email: string) {
  const all = await world.stripe.sessions(world.detroit);
  const theirs = all.filter((session) => session.customer_details?.email === email);
  return theirs.filter((session) => session.mode === "subscription");
}
