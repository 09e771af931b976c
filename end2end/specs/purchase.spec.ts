import { expect, test } from "../support/fixtures";
import { register, somebody } from "../support/people";
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
  fact,
  goBack,
  goOn,
  heading,
  toStripe,
} from "../support/shop";

for (const product of ALL_KINDS) {
  test(`${product.kind}: bought, paid and listed`, async ({ page, world }) => {
    await register(page, world.detroit);
    await buy(page, product);
    const period = product === MEMBERSHIP ? "/month" : "";
    await expect(fact(page, "Price")).toHaveText(product.price + period);
    await expect(fact(page, "Paid")).toHaveText(product.price);
    await expect(fact(page, "Credit used")).toHaveCount(0);
    await page.getByRole("link", { name: "Go to your dashboard" }).click();
    const line = page.getByRole("region", { name: "Purchases" }).getByRole("listitem");
    await expect(line).toHaveCount(1);
    await expect(line).toContainText(product.name);
    await expect(line).toContainText(product.kind);
    await expect(line.getByText("Paid", { exact: true })).toBeVisible();
  });
}

test("who goes back before paying has lost nothing and can still buy", async ({ page, world }) => {
  await register(page, world.detroit);
  await browseTo(page, SHOP_ITEM);
  await toStripe(page, SHOP_ITEM);
  await goBack(page);
  await expect(heading(page, SHOP_ITEM.name)).toBeVisible();
  await expect(page.getByRole("banner").getByRole("link", { name: "Dashboard" })).toBeVisible();
  await goOn(page, SHOP_ITEM);
  await page.goBack();
  await expect(heading(page, SHOP_ITEM.name)).toBeVisible();
  await page.reload();
  await goOn(page, SHOP_ITEM);
  await page.getByRole("button", { name: "Pay", exact: true }).click();
  await expectBought(page, SHOP_ITEM);
  await page.goto(`${world.detroit.url}/dashboard`);
  const lines = page.getByRole("region", { name: "Purchases" }).getByRole("listitem");
  await expect(lines.filter({ has: page.getByText("Paid", { exact: true }) })).toHaveCount(1);
});

test("a slow payment is on its way, and then it succeeds", async ({ page, world }) => {
  await register(page, world.detroit);
  await browseTo(page, COURSE);
  await toStripe(page, COURSE);
  await page.getByRole("button", { name: "Pay slowly" }).click();
  const stripe = page.url();
  await page.getByRole("link", { name: "Continue" }).click();
  await expect(heading(page, "Your payment is on its way")).toBeVisible();
  await expect(heading(page, `You bought ${COURSE.name}`)).toHaveCount(0);

  const later = await page.context().newPage();
  await later.goto(stripe);
  await later.getByRole("button", { name: "Let it succeed" }).click();
  await expectBought(later, COURSE);
  // The first page asks by itself.
  await expectBought(page, COURSE);
});

test("a slow payment that fails says so, and nothing is bought", async ({ page, world }) => {
  await register(page, world.detroit);
  await browseTo(page, COURSE);
  await toStripe(page, COURSE);
  await page.getByRole("button", { name: "Pay slowly" }).click();
  const stripe = page.url();
  await page.getByRole("link", { name: "Continue" }).click();
  await expect(heading(page, "Your payment is on its way")).toBeVisible();

  const later = await page.context().newPage();
  await later.goto(stripe);
  await later.getByRole("button", { name: "Let it fail" }).click();
  await expect(later.getByRole("heading", { name: "Payment failed" })).toBeVisible();
  await expect(heading(page, "The payment failed")).toBeVisible({ timeout: 30_000 });
  await page.getByRole("link", { name: "Try again" }).click();
  await expect(heading(page, COURSE.name)).toBeVisible();
});

test("a free ticket needs no payment and earns nobody anything", async ({ page, visit, world }) => {
  const site = world.detroit;
  const referrer = await register(page, site, somebody("Robin"));
  const link = await getLink(page, site);
  const theirs = await visit();
  await theirs.goto(link);
  await register(theirs, site);
  await browseTo(theirs, FREE_TICKET);
  await toStripe(theirs, FREE_TICKET);
  await theirs.getByRole("button", { name: "Pay", exact: true }).click();
  await expectBought(theirs, FREE_TICKET);

  // The credit for the next purchase comes after anything that the free one could have earned.
  await buy(theirs, SHOP_ITEM);
  await expect(page.getByRole("link", { name: EARNED })).toBeVisible({ timeout: 20_000 });
  await expect(referrals(page)).toContainText("Credited");
  await expect(card(page).getByText(balanceSentence("$10.00"))).toBeVisible();
  expect(await world.stripe.ledger(site, referrer.email)).toHaveLength(1);
});

test("credit is spent on a membership, and not on a ticket", async ({ page, visit, world }) => {
  const site = world.detroit;
  const referrer = await register(page, site, somebody("Robin"));
  const link = await getLink(page, site);
  const theirs = await visit();
  await theirs.goto(link);
  await register(theirs, site);
  await buy(theirs, SHOP_ITEM);
  await expect(page.getByRole("link", { name: EARNED })).toBeVisible({ timeout: 20_000 });

  await test.step("a ticket is paid in full", async () => {
    await browseTo(page, TICKET);
    await toStripe(page, TICKET);
    await expect(page.getByText("Applied balance")).toHaveCount(0);
    await page.getByRole("button", { name: "Pay", exact: true }).click();
    await expectBought(page, TICKET);
    await expect(fact(page, "Paid")).toHaveText("$35.00");
    await page.getByRole("link", { name: "Go to your dashboard" }).click();
    await expect(card(page).getByText(balanceSentence("$10.00"))).toBeVisible();
  });
  await test.step("a membership costs less by the credit", async () => {
    await browseTo(page, MEMBERSHIP);
    await toStripe(page, MEMBERSHIP);
    await expect(page.getByRole("row", { name: "Applied balance −$10.00" })).toBeVisible();
    await expect(page.getByRole("row", { name: "Total due $29.00" })).toBeVisible();
    await page.getByRole("button", { name: "Pay", exact: true }).click();
    await expectBought(page, MEMBERSHIP);
    await expect.soft(fact(page, "Credit used")).toHaveText("-$10.00");
    await expect.soft(fact(page, "Paid")).toHaveText("$29.00");
  });
  await test.step("the balance goes down", async () => {
    await page.getByRole("link", { name: "Go to your dashboard" }).click();
    await expect(card(page).getByText(/^No credit on your balance\./)).toBeVisible();
    const ledger = await world.stripe.ledger(site, referrer.email);
    expect(ledger.map((entry) => entry.amount)).toEqual([-1000, 1000]);
  });
});

test("a purchase is shown to its buyer alone", async ({ page, visit, world }) => {
  await register(page, world.detroit);
  await buy(page, SHOP_ITEM);
  const address = page.url();
  const other = await visit();
  await other.goto(address);
  await expect(other).toHaveURL(/\/sign-in\?next=/);
  await register(other, world.detroit);
  const answer = await other.goto(address);
  expect(answer?.status()).toBe(404);
});
