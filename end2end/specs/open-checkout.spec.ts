import { expect, test } from "../support/fixtures";
import { register } from "../support/people";
import {
  MEMBERSHIP,
  OPEN_PAGE,
  SHOP_ITEM,
  browseTo,
  buy,
  byHand,
  byItself,
  expectBought,
  fact,
  goBack,
  goOn,
  openPage,
  toStripe,
} from "../support/shop";
import type { World } from "../support/world";

/** A member's page of Stripe's holds the credit that it would use: there is one at a time. */
for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });
    const asking = javaScriptEnabled ? byItself : byHand;

    test("buying again after Back charges nothing more than the page said", async ({
      page,
      world,
    }) => {
      const { email } = await register(page, world.detroit);
      await buy(page, SHOP_ITEM, asking);
      await world.stripe.give(world.detroit, email, 4000);
      const balance = () => world.stripe.balance(world.detroit, email);
      const dueNothing = () =>
        expect(page.getByRole("row", { name: "Total due $0.00" })).toBeVisible();

      await browseTo(page, MEMBERSHIP);
      await toStripe(page, MEMBERSHIP);
      await dueNothing();
      const first = page.url();
      expect(await balance(), "$39 of $40 are held").toBe(-100);

      await test.step("the link back, and Continue", async () => {
        await goBack(page);
        await expect(openPage(page)).toContainText("Stripe reserves the credit");
        await expect(page.getByRole("button", { name: MEMBERSHIP.button })).toHaveCount(0);
        await goOn(page, MEMBERSHIP);
        expect(page.url()).toBe(first);
        await dueNothing();
      });
      await test.step("the browser's Back, and the same button as before", async () => {
        await page.goBack();
        await page.goto(world.detroit.url + MEMBERSHIP.path);
        await goOn(page, MEMBERSHIP);
        expect(page.url()).toBe(first);
      });
      expect(await memberships(world, email)).toMatchObject([{ status: "open" }]);
      expect(await balance()).toBe(-100);

      await page.getByRole("button", { name: "Pay", exact: true }).click();
      await expectBought(page, MEMBERSHIP, asking);
      await expect(fact(page, "Paid")).toHaveText("$0.00");
      await expect(fact(page, "Credit used")).toHaveText("-$39.00");
      expect(await memberships(world, email)).toMatchObject([{ status: "complete" }]);
      expect(await balance()).toBe(-100);
    });

    test("Cancel it closes Stripe's page and gives the credit back", async ({ page, world }) => {
      const { email } = await register(page, world.detroit);
      await buy(page, SHOP_ITEM, asking);
      await world.stripe.give(world.detroit, email, 4000);
      await browseTo(page, MEMBERSHIP);
      await toStripe(page, MEMBERSHIP);
      const first = page.url();
      await goBack(page);
      expect(await world.stripe.balance(world.detroit, email)).toBe(-100);
      expect(await memberships(world, email), "a GET ends nothing").toMatchObject([
        { status: "open" },
      ]);

      await page.getByRole("button", { name: "Cancel it" }).click();
      await expect(page.getByRole("button", { name: MEMBERSHIP.button })).toBeVisible();
      await expect(page.getByText(OPEN_PAGE)).toHaveCount(0);
      expect(await world.stripe.balance(world.detroit, email)).toBe(-4000);
      expect(await memberships(world, email)).toMatchObject([{ status: "expired" }]);

      await toStripe(page, MEMBERSHIP);
      expect(page.url()).not.toBe(first);
      await expect(page.getByRole("row", { name: "Total due $0.00" })).toBeVisible();
    });

    test("a membership that one has is asked about", async ({ page, world }) => {
      await register(page, world.detroit);
      await buy(page, MEMBERSHIP, asking);
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
  const theirs = all.filter((one) => one.customer_details?.email === email);
  return theirs.filter((one) => one.mode === "subscription");
}
