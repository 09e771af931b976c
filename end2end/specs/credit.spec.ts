import { expect, test } from "../support/fixtures";
import { register } from "../support/people";
import {
  COURSE,
  SHOP_ITEM,
  TICKET,
  browseTo,
  buy,
  checkAgainUntil,
  continueToPayment,
  detail,
  expectBought,
  goBack,
  goToCheckout,
  heading,
  openCheckoutNotice,
  waitForUpdate,
} from "../support/shop";

/** A member pays for tickets, courses and shop items with credit, with JavaScript and without. */
for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });
    const waitUntil = javaScriptEnabled ? waitForUpdate : checkAgainUntil;

    test("credit lowers the price, and comes back when the page is left", async ({
      page,
      world,
    }) => {
      const { email } = await register(page, world.detroit);
      await buy(page, SHOP_ITEM, waitUntil);
      await world.stripe.addCredit(world.detroit, email, 2000);
      const balance = () => world.stripe.balance(world.detroit, email);
      const box = page.getByRole("checkbox", { name: "Use $20.00 of my credit and pay $15.00" });

      await test.step("the box is ticked, and Stripe's page has a line for the credit", async () => {
        await browseTo(page, TICKET);
        await expect(box).toBeChecked();
        await goToCheckout(page, TICKET);
        await expect(page.getByRole("row", { name: "Referral credit −$20.00" })).toBeVisible();
        await expect(page.getByRole("row", { name: "Total due $15.00" })).toBeVisible();
        expect(await balance()).toBe(0);
      });
      await test.step("Back shows what is reserved, and the same page goes on", async () => {
        const first = page.url();
        await goBack(page);
        await expect(openCheckoutNotice(page)).toContainText("$20.00 of your credit is reserved");
        await continueToPayment(page, TICKET);
        expect(page.url()).toBe(first);
        await goBack(page);
      });
      await test.step("canceled, the credit is back at once", async () => {
        await openCheckoutNotice(page).getByRole("button", { name: "Cancel this purchase" }).click();
        await expect(openCheckoutNotice(page)).toHaveCount(0);
        expect(await balance()).toBe(-2000);
        await page.goto(world.detroit.url + TICKET.path);
        await expect(box).toBeChecked();
      });
      await test.step("paid, the receipt tells price, credit and payment", async () => {
        await goToCheckout(page, TICKET);
        await page.getByRole("button", { name: "Pay", exact: true }).click();
        await expectBought(page, TICKET, waitUntil);
        await expect(detail(page, "Price")).toHaveText("$35.00");
        await expect(detail(page, "Credit used")).toHaveText("-$20.00");
        await expect(detail(page, "Paid")).toHaveText("$15.00");
        expect(await balance()).toBe(0);
      });
    });

    test("the statement leads to the purchase that holds credit, which is paid or canceled there", async ({
      page,
      world,
    }) => {
      const { email } = await register(page, world.detroit);
      await buy(page, SHOP_ITEM, waitUntil);
      await world.stripe.addCredit(world.detroit, email, 2000);
      await browseTo(page, TICKET);
      await goToCheckout(page, TICKET);
      const stripesPage = page.url();

      await page.goto(`${world.detroit.url}/dashboard`);
      await expect(page.getByRole("link", { name: /Available credit/ })).toContainText("$20.00 reserved");
      await page.goto(`${world.detroit.url}/credits`);
      await expect(detail(page, "Reserved")).toHaveText("$20.00");
      await expect(page.getByText("$20.00 is reserved for a purchase that is not paid yet.")).toBeVisible();
      await page.getByRole("link", { name: /^Reserved for / }).click();
      const left = page.getByRole("region", { name: "Did you leave the payment page?" });
      await expect(left).toContainText("$20.00 of your credit is reserved for it.");
      await expect(left.getByRole("link", { name: "Continue to payment" })).toHaveAttribute(
        "href",
        stripesPage,
      );
      await left.getByRole("button", { name: "Cancel this purchase" }).click();
      await expect(heading(page, "This purchase has expired")).toBeVisible();
      await expect(left).toHaveCount(0);
      expect(await world.stripe.balance(world.detroit, email)).toBe(-2000);
    });

    test("what credit covers needs no page of Stripe's", async ({ page, world }) => {
      const { email } = await register(page, world.detroit);
      await buy(page, SHOP_ITEM, waitUntil);
      await world.stripe.addCredit(world.detroit, email, 10_000);
      await browseTo(page, COURSE);
      const box = page.getByRole("checkbox", {
        name: "Use $79.00 of my credit and pay nothing",
      });
      await expect(box).toBeChecked();
      await page.getByRole("button", { name: COURSE.button }).click();
      await expectBought(page, COURSE, waitUntil);
      await expect(page.getByText("Your credit paid for it.")).toBeVisible();
      await expect(detail(page, "Credit used")).toHaveText("-$79.00");
      await expect(detail(page, "Paid")).toHaveText("$0.00");
      expect(await world.stripe.balance(world.detroit, email)).toBe(-2100);
    });

    test("without the tick the price is paid in full", async ({ page, world }) => {
      const { email } = await register(page, world.detroit);
      await buy(page, SHOP_ITEM, waitUntil);
      await world.stripe.addCredit(world.detroit, email, 2000);
      await browseTo(page, TICKET);
      await page.getByRole("checkbox", { name: /^Use \$20\.00 of my credit/ }).uncheck();
      await goToCheckout(page, TICKET);
      await expect(page.getByRole("row", { name: "Total due $35.00" })).toBeVisible();
      await page.getByRole("button", { name: "Pay", exact: true }).click();
      await expectBought(page, TICKET, waitUntil);
      expect(await world.stripe.balance(world.detroit, email)).toBe(-2000);
    });
  });
}
