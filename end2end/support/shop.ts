import { type Locator, type Page, expect } from "@playwright/test";

import { openMenu } from "./people";

export interface Product {
  section: "Events" | "Courses" | "Memberships" | "Shop";
  name: string;
  path: string;
  kind: "Event ticket" | "Course" | "Membership" | "Shop item";
  price: string;
  button: string;
}

/** One product of each kind on Detroit Arms, and a free one. */
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
  button: "Get your free ticket",
};
/** Heading of a purchase for which Stripe has no payment yet. */
export const NOT_PAID_YET = "Not paid yet";
/** Heading of the notice about a Checkout session that is still open. */
export const OPEN_CHECKOUT = "You have not paid yet";

export const ALL_KINDS = [TICKET, COURSE, MEMBERSHIP, SHOP_ITEM];

/** Opens a product through its section in the header. */
export async function browseTo(page: Page, product: Product): Promise<void> {
  const catalog = page.getByRole("navigation", { name: "Catalog" });
  const menu = page.getByRole("navigation", { name: "Menu of the catalog" });
  // A narrow header has the sections in its menu.
  if (!(await catalog.isVisible())) await openMenu(page);
  const link = catalog.or(menu).getByRole("link", { name: product.section });
  await link.filter({ visible: true }).click();
  await page.getByRole("main").getByRole("link", { name: product.name }).click();
  await expect(page.getByRole("heading", { level: 1, name: product.name })).toBeVisible();
}

/** Goes from the product's page to Stripe's pay page. */
export async function goToCheckout(page: Page, product: Product): Promise<void> {
  await page.getByRole("button", { name: product.button }).click();
  await expect(page.getByRole("heading", { name: "Pay" })).toBeVisible();
  await expect(page.getByText(product.name)).toBeVisible();
}

/** The notice about an open Checkout session, with the ways to continue. */
export function openCheckoutNotice(page: Page) {
  return page.getByRole("region", { name: OPEN_CHECKOUT });
}

/** Goes back from Stripe's pay page without paying. */
export async function goBack(page: Page): Promise<void> {
  await page.getByRole("link", { name: "Go back" }).click();
  await expect(openCheckoutNotice(page)).toContainText("Nothing was charged");
}

/** Continues with the open Checkout session. */
export async function continueToPayment(page: Page, product: Product): Promise<void> {
  await page.getByRole("button", { name: "Continue to payment" }).click();
  await expect(page.getByRole("heading", { name: "Pay" })).toBeVisible();
  await expect(page.getByText(product.name)).toBeVisible();
}

/** Pays and waits for the receipt. */
export async function pay(page: Page, product: Product, waitUntil = waitForUpdate): Promise<void> {
  await page.getByRole("button", { name: "Pay", exact: true }).click();
  await expectBought(page, product, waitUntil);
}

/** Waits for the receipt of a purchase that Stripe has confirmed. */
export async function expectBought(
  page: Page,
  product: Product,
  waitUntil = waitForUpdate,
): Promise<void> {
  await waitUntil(page, heading(page, `You bought ${product.name}`));
  await expect(detail(page, product.kind)).toHaveText(product.name);
}

/** With JavaScript the page updates itself until it shows `what`. */
export async function waitForUpdate(_page: Page, what: Locator): Promise<void> {
  await expect(what).toBeVisible({ timeout: 20_000 });
}

/** Without JavaScript a person clicks "Check again" until the page shows `what`. */
export async function checkAgainUntil(page: Page, what: Locator): Promise<void> {
  await expect(async () => {
    await expect(page.getByRole("heading", { level: 1 })).not.toHaveText("Pay");
    if (!(await what.isVisible())) await page.getByRole("link", { name: "Check again" }).click();
    await expect(what).toBeVisible({ timeout: 1000 });
  }).toPass({ timeout: 20_000 });
}

/** Opens a product, buys it and pays. */
export async function buy(page: Page, product: Product, waitUntil = waitForUpdate): Promise<void> {
  await browseTo(page, product);
  await goToCheckout(page, product);
  await pay(page, product, waitUntil);
}

export function heading(page: Page, name: string | RegExp) {
  return page.getByRole("heading", { level: 1, name });
}

/** The value beside `name` on the page of a purchase. */
export function detail(page: Page, name: string) {
  const term = page.getByRole("term").filter({ hasText: new RegExp(`^${name}$`) });
  return page.getByRole("main").locator("dl > div").filter({ has: term }).getByRole("definition");
}
