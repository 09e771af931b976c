import { randomUUID } from "node:crypto";

import { type Page, expect } from "@playwright/test";

import { addReferrer, openAddReferrer, tableRows } from "./console";
import { linkIn } from "./mailbox";
import { waitForIslands, fillSignIn, register, signIn, signOut } from "./people";
import { Phone } from "./phone";
import { getLink } from "./referrals";
import {
  COURSE,
  FREE_TICKET,
  MEMBERSHIP,
  NOT_PAID_YET,
  SHOP_ITEM,
  TICKET,
  browseTo,
  goBack,
  continueToPayment,
  heading,
  openCheckoutNotice,
  pay,
  goToCheckout,
} from "./shop";
import type { World } from "./world";

/** Called for every page, in every state that should be checked. */
export type OnPage = (name: string) => Promise<void>;

/** The pages that everybody can see. */
export async function publicPages(page: Page, world: World, onPage: OnPage): Promise<void> {
  const { url } = world.detroit;
  const visit = async (name: string, path: string) => {
    await page.goto(url + path);
    await onPage(name);
  };
  await visit("home", "/");
  await visit("events", "/events");
  await visit("courses", "/courses");
  await visit("memberships", "/memberships");
  await visit("shop", "/shop");
  await visit("ticket", TICKET.path);
  await visit("membership", MEMBERSHIP.path);
  await visit("free-ticket", FREE_TICKET.path);
  await visit("canceled", `${SHOP_ITEM.path}?cancelled=1`);
  await visit("not-found", "/nothing-here");
  await visit("sign-in", "/sign-in");
  await waitForIslands(page);
  await fillSignIn(page, "mia@example.com", "not the password");
  await expect(page.getByText("The email address or password is incorrect.")).toBeVisible();
  await onPage("sign-in-refused");
  await visit("forgot-password", "/forgot-password");
  await page.getByLabel("Email").fill("nobody@example.com");
  await page.getByRole("button", { name: "Email me a link" }).click();
  await expect(page.getByText("a link is on its way to it")).toBeVisible();
  await onPage("forgot-password-mailed");
  await visit("reset-password-ended", "/reset-password?token=0");
  await visit("confirm-email-ended", "/confirm-email?token=0");
  await visit("invitation-ended", "/invitation?token=0");
  await visit("account-deleted", "/deleted");
  await visit("terms", "/terms");
  await visit("privacy", "/privacy");
  await visit("app-return-unknown", "/app-return?to=https%3A%2F%2Fexample.com");
  await visit("unsubscribe-incomplete", "/unsubscribe?member=1&topic=referrals&key=0");
  await visit("register", "/register");
  await waitForIslands(page);
  await page.getByRole("main").getByRole("button", { name: "Register" }).click();
  await expect(page.getByText("Please check what you entered.")).toBeVisible();
  await onPage("register-refused");
  const port = new URL(url).port;
  await page.goto(`http://nobody.localhost:${port}/`);
  await onPage("unknown-host");
  await page.goto(world.coaching.url);
  await onPage("coaching-home");
  await page.goto(`${world.coaching.url}/courses/strength-for-shooters`);
  await onPage("coaching-course");
}

/** The pages of a member who has just registered and buys. */
export async function newMembersPages(page: Page, world: World, onPage: OnPage): Promise<void> {
  const { url } = world.detroit;
  await register(page, world.detroit);
  await onPage("dashboard-new");
  await page.goto(`${url}/notifications`);
  await onPage("notifications-none");
  await page.goto(`${url}/account`);
  await onPage("account-new");
  await page.getByRole("button", { name: "Change your password" }).click();
  await expect(page.getByText("This is not your password.")).toBeVisible();
  await onPage("account-refused");
  await page.goto(`${url}/account/delete`);
  await onPage("account-delete");
  await page.getByRole("button", { name: "Delete my account" }).click();
  await expect(page.getByText("This is not your password.")).toBeVisible();
  await onPage("account-delete-refused");
  await page.goto(`${url}/account/referrer`);
  await onPage("account-referrer-closed");
  await page.goto(`${url}/credits`);
  await onPage("credits-none");
  await page.goto(`${url}/referrals`);
  await onPage("referrals-none");
  await browseTo(page, SHOP_ITEM);
  await goToCheckout(page, SHOP_ITEM);
  await goBack(page);
  await onPage("item-open-page");
  await continueToPayment(page, SHOP_ITEM);
  await world.stripe.holdDeliveries(world.detroit);
  await world.stripe.failSessionRetrieval(world.detroit);
  await page.getByRole("button", { name: "Pay", exact: true }).click();
  await expect(heading(page, NOT_PAID_YET)).toBeVisible();
  await onPage("purchase-waiting");
  await world.stripe.clearFaults();
  await world.stripe.releaseDeliveries(world.detroit);
  await browseTo(page, MEMBERSHIP);
  await goToCheckout(page, MEMBERSHIP);
  await goBack(page);
  await onPage("membership-open-page");
  await continueToPayment(page, MEMBERSHIP);
  await pay(page, MEMBERSHIP);
  await onPage("purchase-paid");
  await page.goto(url + MEMBERSHIP.path);
  await onPage("membership-bought-already");
  await browseTo(page, COURSE);
  await goToCheckout(page, COURSE);
  await page.getByRole("button", { name: "Pay slowly" }).click();
  await page.getByRole("link", { name: "Continue" }).click();
  await expect(heading(page, "Your payment is being processed")).toBeVisible({ timeout: 20_000 });
  await onPage("purchase-on-its-way");
  await page.goto(`${url}/dashboard`);
  await onPage("dashboard-purchases");
  await page.goto(`${url}/share`);
  await onPage("share-without-link");
  await page.goto(`${url}/dashboard`);
  const link = await getLink(page, world.detroit);
  await signOut(page);
  await page.goto(link);
  await onPage("home-invited");
  await page.goto(`${url}/register`);
  await onPage("register-invited");
}

/** The pages of Mia, who has referrals in each status, notifications and a phone. */
export async function miasPages(page: Page, world: World, onPage: OnPage): Promise<void> {
  await new Phone(page.request, world.detroit).signIn(world.login(world.detroit), "Mia's phone");
  for (const site of [world.detroit, world.coaching]) {
    const name = site === world.detroit ? "" : "coaching-";
    await signIn(page, site, world.login(site));
    await onPage(`${name}dashboard`);
    await page.goto(`${site.url}/referrals`);
    await onPage(`${name}referrals`);
    await page.goto(`${site.url}/share`);
    await onPage(`${name}share`);
    await page.goto(`${site.url}/share?page=/events`);
    await onPage(`${name}share-page`);
    await page.goto(`${site.url}/account`);
    await onPage(`${name}account`);
    const factor = page.getByRole("region", { name: "Second factor" });
    await factor.getByLabel("Your password").fill(world.login(site).password);
    await factor.getByRole("button", { name: "Set up a second factor" }).click();
    await expect(heading(page, "Set up a second factor")).toBeVisible();
    await onPage(`${name}second-factor`);
    await page.goto(`${site.url}/credits`);
    await onPage(`${name}credits`);
    await page.goto(`${site.url}/notifications`);
    await onPage(`${name}notifications`);
  }
}

/** The console of a person who is admin of a tenant and of the platform program. */
export async function consolePages(page: Page, world: World, onPage: OnPage): Promise<void> {
  const { url } = world.detroit;
  const visit = async (name: string, path: string) => {
    await page.goto(url + path);
    await onPage(name);
  };
  await signIn(page, world.detroit, world.pat);
  await visit("admin-referrals", "/admin/referrals");
  await visit("admin-referrals-filtered", "/admin/referrals?status=failed&q=omar&from=lost");
  await visit("admin-referrals-nothing", "/admin/referrals?q=nobody");
  await page.goto(`${url}/admin/referrals?status=failed`);
  await page.getByRole("table").locator("tbody").getByRole("link").first().click();
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await onPage("admin-referral");
  // Another test's may be voided already.
  await page.goto(`${url}/admin/referrals?status=failed&q=omar`);
  await page.getByRole("table").locator("tbody").getByRole("link").first().click();
  await page.getByRole("link", { name: "Void this referral" }).click();
  await expect(page.getByRole("heading", { name: "Void a referral" })).toBeVisible();
  await onPage("admin-referral-void");
  await page.goto(page.url().replace(/\/void$/, "/review"));
  await expect(page.getByRole("heading", { name: "Review a credit" })).toBeVisible();
  await onPage("admin-referral-review");
  await visit("admin-reviews", "/admin/referrals/reviews");
  await visit("admin-books", "/admin/referrals/books");
  await visit("admin-why", "/admin/referrals/why");
  await visit("admin-why-person", "/admin/referrals/why?q=omar");
  await visit("admin-why-code", "/admin/referrals/why?q=abcdefgh");
  await visit("admin-why-platform", "/admin/referrals/why?tab=platform&q=sky");
  await visit("admin-mail", "/admin/mail");
  await visit("admin-team", "/admin/team");
  await visit("admin-platform-referrals", "/admin/referrals?tab=platform");
  await waitForIslands(page);
  const adding = await openAddReferrer(page);
  await adding.getByRole("button", { name: "Add Referrer" }).click();
  await expect(page.getByText("Please check what you entered.").filter({ visible: true })).toBeVisible();
  await onPage("admin-referrer-refused");
  await page.keyboard.press("Escape");
  await tableRows(page).getByRole("link").first().click();
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await onPage("admin-platform-referral");
  await visit("admin-platform-referrers-nobody", "/admin/referrals?tab=platform&referrer=nobody");
  await visit("admin-platform-referrers", "/admin/referrals?tab=platform");
  await page.locator(".referrer-name a").first().click();
  await expect(page.getByRole("heading", { name: "Stripe customer" })).toBeVisible();
  await onPage("admin-platform-referrer-customer");
  await page.getByRole("link", { name: "Give or take credit" }).click();
  await expect(page.getByRole("heading", { name: "Give a credit" })).toBeVisible();
  await onPage("admin-platform-referrer-grant");
  await visit("admin-platform-referrers-same-address", "/admin/platform-referrers/same-address");
  await visit("admin-catalog", "/admin/catalog");
  await visit("admin-product-new", "/admin/catalog/new");
  await visit("admin-product", "/admin/catalog/1");
  await visit("admin-orders", "/admin/orders");
  await visit("admin-subscriptions", "/admin/orders/subscriptions");
  await visit("admin-orders-none", "/admin/orders?q=nobody");
  await page.goto(`${url}/admin/orders?tab=platform&state=paid`);
  await page.getByRole("link", { name: /^Refund order #/ }).first().click();
  await expect(page.getByRole("heading", { name: "What was paid" })).toBeVisible();
  await onPage("admin-order-refund");
  await visit("admin-members", "/admin/members");
  await visit("admin-members-nobody", "/admin/members?q=nobody");
  await visit("admin-members-same-address", "/admin/members/same-address");
  await page.goto(`${url}/admin/members?q=jane`);
  await page.getByRole("main").getByRole("link", { name: "Jane Doe" }).last().click();
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await onPage("admin-member");
  await page.getByRole("main").getByRole("link", { name: "Statement" }).click();
  await expect(page.getByRole("heading", { name: "Credit of Jane Doe", level: 1 })).toBeVisible();
  await onPage("admin-member-credit");
  await page.goBack();
  await page.getByRole("main").getByRole("link", { name: "Erase this member" }).click();
  await expect(page.getByRole("button", { name: "Erase this member" })).toBeVisible();
  await onPage("admin-member-erase");
  await page.goBack();
  await page.getByRole("main").getByRole("link", { name: "Give or take" }).click();
  const give = page.getByRole("region", { name: "Give a credit" });
  await expect(give).toBeVisible();
  await onPage("admin-member-grant");
  await give.getByLabel("Amount (cents)").fill("1000");
  await give.getByLabel("Reason").fill("For the long wait");
  await give.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByRole("button", { name: "Give $10.00" })).toBeVisible();
  await onPage("admin-member-grant-confirm");
  await visit("admin-settings-general", "/admin/settings?tab=general");
  await page.getByLabel("Accent color").fill("#ffff00");
  await page.getByRole("region", { name: "General" }).getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("White text cannot be read on this color.")).toBeVisible();
  await onPage("admin-settings-general-refused");
  await visit("admin-settings", "/admin/settings?tab=payments");
  await world.stripe.createUnmatchedPayment(world.detroit);
  const unmatched = page.getByRole("region", { name: "Payments we could not match" });
  await expect(async () => {
    await page.reload();
    await expect(unmatched).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 20_000 });
  await onPage("admin-settings-unmatched");
  await unmatched.getByRole("button", { name: "Dismiss" }).click();
  await expect(unmatched).toHaveCount(0);
  await waitForIslands(page);
  await page.getByLabel("Tenant Referral Credit Amount").fill("$10");
  await page.getByRole("button", { name: "Save Settings" }).click();
  await expect(page.getByText("Please check what you entered.").filter({ visible: true })).toBeVisible();
  await onPage("admin-settings-refused");
  await page.getByLabel("Tenant Referral Credit Amount").fill("99999999");
  await page.getByRole("button", { name: "Save Settings" }).click();
  await expect(page.getByRole("checkbox", { name: /^Yes, \$999,999\.99/ })).toBeVisible();
  await page.getByText("Change keys", { exact: true }).first().click();
  await onPage("admin-settings-unusual");
  await visit("admin-settings-app", "/admin/settings?tab=app");
  await page.getByLabel("App return addresses").fill("javascript://");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("This line is not one: javascript://")).toBeVisible();
  await onPage("admin-settings-app-refused");
  await visit("admin-settings-rewards", "/admin/settings?tab=rewards");
  const rewards = page.getByRole("region", { name: "Tenant Referrals" });
  await rewards.getByLabel("Hold (days)").fill("91");
  await rewards.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Enter a whole number of days, from 0 to 90.")).toBeVisible();
  await onPage("admin-settings-rewards-refused");
  await visit("admin-settings-switch-off", "/admin/settings?tab=switch-off&tenant_credit=0");
  await visit("admin-audit-log", "/admin/settings?tab=audit");
  await visit("admin-security-log", "/admin/settings?tab=security");
}

/** The pages of a platform referrer through whose link somebody subscribed. */
async function referrersPages(page: Page, world: World, email: string, onPage: OnPage) {
  const { url } = world.pewpros;
  await page.goto(`${url}/referrer/sign-in?token=0`);
  await onPage("referrer-link-ended");
  await page.goto(`${url}/referrer`);
  await onPage("referrer-ask");
  await page.getByLabel("Email").fill(email);
  await page.getByRole("button", { name: "Email me a link" }).click();
  const mail = await world.mailbox.mailTo(email, "Sign in to your referrals");
  await page.goto(linkIn(mail, "/referrer/sign-in"));
  await onPage("referrer-link");
  await page.getByRole("main").getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("table", { name: "Referrals" })).toBeVisible();
  await onPage("referrer");
}

/**
 * The pages of a prospect of PewPros and CoachPros, and the page for a member without access to the
 * console.
 */
export async function platformPages(page: Page, world: World, onPage: OnPage): Promise<void> {
  const referrer = `referrer-${randomUUID().slice(0, 8)}@example.com`;
  await signIn(page, world.detroit, world.pat);
  await page.goto(`${world.detroit.url}/admin/referrals?tab=platform`);
  await waitForIslands(page);
  const link = await addReferrer(page, "Jordan Reyes", referrer);
  await page.context().clearCookies();
  for (const [name, site] of [
    ["pewpros", world.pewpros],
    ["coachpros", world.coachpros],
  ] as const) {
    await page.goto(site.url);
    await onPage(`${name}-landing`);
    await page.goto(`${site.url}/pricing`);
    await onPage(`${name}-pricing`);
    await page.goto(`${site.url}/terms`);
    await onPage(`${name}-terms`);
  }
  const { url } = world.pewpros;
  await page.goto(`${url}/pricing?plan=annual&cancelled=1`);
  await onPage("pewpros-cancelled");
  await page.goto(`${url}/pricing?unknown_plan=1`);
  await onPage("pewpros-unknown-plan");
  await page.goto(`${url}/sign-in`);
  await onPage("pewpros-sign-in");
  await page.goto(link);
  await page.goto(`${url}/pricing/checkout?plan=annual`);
  await onPage("pewpros-checkout");
  await page.getByRole("button", { name: "Continue to payment" }).click();
  await goBack(page);
  await onPage("pewpros-open-page");
  await openCheckoutNotice(page).getByRole("button", { name: "Continue to payment" }).click();
  await page.getByLabel("Email").fill("prospect@example.com");
  await page.getByRole("button", { name: "Pay", exact: true }).click();
  await expect(heading(page, /Thank you/)).toBeVisible({ timeout: 20_000 });
  await onPage("pewpros-thank-you");
  await referrersPages(page, world, referrer, onPage);
  await signIn(page, world.detroit, world.login(world.detroit));
  await page.goto(`${world.detroit.url}/admin/referrals`);
  await onPage("forbidden");
}

/** Every tour through the pages, by name. */
export const TOURS = {
  "public pages": publicPages,
  "a new member's pages": newMembersPages,
  "Mia's pages": miasPages,
  "the console": consolePages,
  "the platform's pages": platformPages,
};
