import { type Locator, type Page, expect } from "@playwright/test";

export interface Product {
  section: "Events" | "Courses" | "Memberships" | "Shop";
  name: string;
  path: string;
  kind: "Event ticket" | "Course" | "Membership" | "Shop item";
  price: string;
  button: string;
}

/** One product of each kind on Detroit Arms, and the free one. */
export const TICKET: Product = {
  section: "Events",
  name: "Ladies' Night at the Range",
  path: "/events/ladies-night",
  kind: "Event ticket",
  price: "$35.00",
  button: "Buy ticket",
};
export const COURSE: Product = {
  section: "Courses",
  name: "First Shots",
  path: "/courses/first-shots",
  kind: "Course",
  price: "$79.00",
  button: "Buy course",
};
export const MEMBERSHIP: Product = {
  section: "Memberships",
  name: "Range Membership",
  path: "/memberships/range-membership",
  kind: "Membership",
  price: "$39.00",
  button: "Buy membership",
};
export const SHOP_ITEM: Product = {
  section: "Shop",
  name: "Paper Targets",
  path: "/shop/paper-targets",
  kind: "Shop item",
  price: "$12.00",
  button: "Buy item",
};
export const FREE_TICKET: Product = {
  section: "Events",
  name: "Open House",
  path: "/events/open-house",
  kind: "Event ticket",
  price: "$0.00",
  button: "Buy ticket",
};
/** What a purchase says while Stripe has no payment for it. */
export const NOT_PAID_YET = "Not paid yet";
/** What a product's page and the prices say while Stripe's page is open. */
export const OPEN_PAGE = "You have not paid yet";

export const ALL_KINDS = [TICKET, COURSE, MEMBERSHIP, SHOP_ITEM];

/** Finds the product as a person does: its section at the top, then its name. */
export async function browseTo(page: Page, product: Product): Promise<void> {
  const catalog = page.getByRole("navigation", { name: "Catalog" });
  await catalog.getByRole("link", { name: product.section }).click();
  await page.getByRole("main").getByRole("link", { name: product.name }).click();
  await expect(page.getByRole("heading", { level: 1, name: product.name })).toBeVisible();
}

/** From the product's page to Stripe's. */
export async function toStripe(page: Page, product: Product): Promise<void> {
  await page.getByRole("button", { name: product.button }).click();
  await expect(page.getByRole("heading", { name: "Pay" })).toBeVisible();
  await expect(page.getByText(product.name)).toBeVisible();
}

/** What is said of the page of Stripe's that is still open, with the ways on. */
export function openPage(page: Page) {
  return page.getByRole("region", { name: OPEN_PAGE });
}

/** Turns back on Stripe's page. */
export async function goBack(page: Page): Promise<void> {
  await page.getByRole("link", { name: "Go back" }).click();
  await expect(openPage(page)).toContainText("Nothing was charged");
}

/** On to the page of Stripe's that is still open. */
export async function goOn(page: Page, product: Product): Promise<void> {
  await page.getByRole("button", { name: "Continue to payment" }).click();
  await expect(page.getByRole("heading", { name: "Pay" })).toBeVisible();
  await expect(page.getByText(product.name)).toBeVisible();
}

/** From Stripe's page back to the shop, with the purchase paid. */
export async function pay(page: Page, product: Product, asking = byItself): Promise<void> {
  await page.getByRole("button", { name: "Pay", exact: true }).click();
  await expectBought(page, product, asking);
}

/** The page that says what was bought, once Stripe has confirmed it. */
export async function expectBought(
  page: Page,
  product: Product,
  asking = byItself,
): Promise<void> {
  await asking(page, heading(page, `You bought ${product.name}`));
  await expect(fact(page, product.kind)).toHaveText(product.name);
}

/** With JavaScript the page asks Stripe until it shows `what`. */
export async function byItself(_page: Page, what: Locator): Promise<void> {
  await expect(what).toBeVisible({ timeout: 20_000 });
}

/** Without JavaScript a person asks until the page shows `what`. */
export async function byHand(page: Page, what: Locator): Promise<void> {
  await expect(async () => {
    await expect(page.getByRole("heading", { level: 1 })).not.toHaveText("Pay");
    if (!(await what.isVisible())) await page.getByRole("link", { name: "Check again" }).click();
    await expect(what).toBeVisible({ timeout: 1000 });
  }).toPass({ timeout: 20_000 });
}

/** Browses, buys and pays. */
export async function buy(page: Page, product: Product, asking = byItself): Promise<void> {
  await browseTo(page, product);
  await toStripe(page, product);
  await pay(page, product, asking);
}

export function heading(page: Page, name: string | RegExp) {
  return page.getByRole("heading", { level: 1, name });
}

/** What stands beside `name` on the page of a purchase. */
export function fact(page: Page, name: string) {
  const term = page.getByRole("term").filter({ hasText: new RegExp(`^${name}$`) });
  return page.getByRole("main").locator("dl > div").filter({ has: term }).getByRole("definition");
}
