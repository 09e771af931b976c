import { expect, test } from "../support/fixtures";
import { register, newPerson } from "../support/people";
import { EARNED, balanceSentence, card, getLink, referrals } from "../support/referrals";
import {
  ALL_KINDS,
  COURSE,
  FREE_TICKET,
  MEMBERSHIP,
  SHOP_ITEM,
  TICKET,
  browseTo,
  buy,
  expectBought,
  detail,
  goBack,
  continueToPayment,
  heading,
  goToCheckout,
} from "../support/shop";

for (const product of ALL_KINDS) {
  test(`${product.kind}: bought, paid and listed`, async ({ page, world }) => {
    await register(page, world.detroit);
    await buy(page, product);
    const period = product === MEMBERSHIP ? "/month" : "";
    await expect(detail(page, "Price")).toHaveText(product.price + period);
    await expect(detail(page, "Paid")).toHaveText(product.price);
    await expect(detail(page, "Credit used")).toHaveCount(0);
    await page.getByRole("link", { name: "Go to your dashboard" }).click();
    const line = page.getByRole("region", { name: "Purchases" }).getByRole("listitem");
    await expect(line).toHaveCount(1);
    await expect(line).toContainText(product.name);
    await expect(line).toContainText(product.kind);
    await expect(line.getByText("Paid", { exact: true })).toBeVisible();
    // The whole row is pressed.
    await line.click();
    await expect(page).toHaveURL(/\/purchases\/\d+$/);
  });
}

test("a buyer who goes back before paying can still buy", async ({ page, world }) => {
  await register(page, world.detroit);
  await browseTo(page, SHOP_ITEM);
  await goToCheckout(page, SHOP_ITEM);
  await goBack(page);
  await expect(heading(page, SHOP_ITEM.name)).toBeVisible();
  await expect(page.getByRole("banner").getByRole("link", { name: "Dashboard" })).toBeVisible();
  await continueToPayment(page, SHOP_ITEM);
  await page.goBack();
  await expect(heading(page, SHOP_ITEM.name)).toBeVisible();
  await page.reload();
  await continueToPayment(page, SHOP_ITEM);
  await page.getByRole("button", { name: "Pay", exact: true }).click();
  await expectBought(page, SHOP_ITEM);
  await page.goto(`${world.detroit.url}/dashboard`);
  const lines = page.getByRole("region", { name: "Purchases" }).getByRole("listitem");
  await expect(lines.filter({ has: page.getByText("Paid", { exact: true }) })).toHaveCount(1);
});

test("a delayed payment is pending and then succeeds", async ({ page, world }) => {
  await register(page, world.detroit);
  await browseTo(page, COURSE);
  await goToCheckout(page, COURSE);
  await page.getByRole("button", { name: "Pay slowly" }).click();
  const stripe = page.url();
  await page.getByRole("link", { name: "Continue" }).click();
  await expect(heading(page, "Your payment is being processed")).toBeVisible();
  await expect(heading(page, `You bought ${COURSE.name}`)).toHaveCount(0);

  const later = await page.context().newPage();
  await later.goto(stripe);
  await later.getByRole("button", { name: "Let it succeed" }).click();
  await expectBought(later, COURSE);
  // The first page updates itself.
  await expectBought(page, COURSE);
});

test("a delayed payment that fails shows a message and buys nothing", async ({ page, world }) => {
  await register(page, world.detroit);
  await browseTo(page, COURSE);
  await goToCheckout(page, COURSE);
  await page.getByRole("button", { name: "Pay slowly" }).click();
  const stripe = page.url();
  await page.getByRole("link", { name: "Continue" }).click();
  await expect(heading(page, "Your payment is being processed")).toBeVisible();

  const later = await page.context().newPage();
  await later.goto(stripe);
  await later.getByRole("button", { name: "Let it fail" }).click();
  await expect(later.getByRole("heading", { name: "Payment failed" })).toBeVisible();
  await expect(heading(page, "The payment failed")).toBeVisible({ timeout: 30_000 });
  await page.getByRole("link", { name: "Try again" }).click();
  await expect(heading(page, COURSE.name)).toBeVisible();
});

test("a free ticket needs no payment and earns no credit", async ({ page, visit, world }) => {
  const site = world.detroit;
  const referrer = await register(page, site, newPerson("Robin"));
  const link = await getLink(page, site);
  const friendPage = await visit();
  await friendPage.goto(link);
  await register(friendPage, site);
  await browseTo(friendPage, FREE_TICKET);
  await friendPage.getByRole("button", { name: FREE_TICKET.button }).click();
  await expect(heading(friendPage, `You have ${FREE_TICKET.name}`)).toBeVisible();
  await expect(friendPage.getByText("It does not count as a first purchase.")).toBeVisible();

  // The credit for this purchase would come after any credit for the free one.
  await buy(friendPage, SHOP_ITEM);
  await expect(page.getByRole("link", { name: EARNED })).toBeVisible({ timeout: 20_000 });
  await expect(referrals(page)).toContainText("Credited");
  await expect(card(page).getByText(balanceSentence("$10.00"))).toBeVisible();
  expect(await world.stripe.balanceTransactions(site, referrer.email)).toHaveLength(1);
});

test("the balance pays for a membership by itself, and for a ticket when asked to", async ({ page, visit, world }) => {
  const site = world.detroit;
  const referrer = await register(page, site, newPerson("Robin"));
  const link = await getLink(page, site);
  const friendPage = await visit();
  await friendPage.goto(link);
  await register(friendPage, site);
  await buy(friendPage, SHOP_ITEM);
  await expect(page.getByRole("link", { name: EARNED })).toBeVisible({ timeout: 20_000 });

  await test.step("without the tick a ticket is paid in full", async () => {
    await browseTo(page, TICKET);
    await page.getByRole("checkbox", { name: /^Use \$10\.00 of my credit/ }).uncheck();
    await goToCheckout(page, TICKET);
    await expect(page.getByText("Applied balance")).toHaveCount(0);
    await page.getByRole("button", { name: "Pay", exact: true }).click();
    await expectBought(page, TICKET);
    await expect(detail(page, "Paid")).toHaveText("$35.00");
    await page.getByRole("link", { name: "Go to your dashboard" }).click();
    await expect(card(page).getByText(balanceSentence("$10.00"))).toBeVisible();
  });
  await test.step("the balance reduces the price of a membership", async () => {
    await browseTo(page, MEMBERSHIP);
    await goToCheckout(page, MEMBERSHIP);
    await expect(page.getByRole("row", { name: "Applied balance −$10.00" })).toBeVisible();
    await expect(page.getByRole("row", { name: "Total due $29.00" })).toBeVisible();
    await page.getByRole("button", { name: "Pay", exact: true }).click();
    await expectBought(page, MEMBERSHIP);
    await expect.soft(detail(page, "Credit used")).toHaveText("-$10.00");
    await expect.soft(detail(page, "Paid")).toHaveText("$29.00");
  });
  await test.step("the balance goes down", async () => {
    await page.getByRole("link", { name: "Go to your dashboard" }).click();
    await expect(card(page).getByText(/^You have no credit right now\./)).toBeVisible();
    const transactions = await world.stripe.balanceTransactions(site, referrer.email);
    expect(transactions.map((transaction) => transaction.amount)).toEqual([-1000, 1000]);
  });
});

test("a purchase is shown only to its buyer", async ({ page, visit, world }) => {
  await register(page, world.detroit);
  await buy(page, SHOP_ITEM);
  const address = page.url();
  const other = await visit();
  await other.goto(address);
  await expect(other).toHaveURL(/\/sign-in\?next=/);
  await register(other, world.detroit);
  const response = await other.goto(address);
  expect(response?.status()).toBe(404);
});
