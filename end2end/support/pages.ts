import { type Page, expect } from "@playwright/test";

import { awake, fillSignIn, register, signIn } from "./people";
import { Phone } from "./phone";
import {
  COURSE,
  FREE_TICKET,
  MEMBERSHIP,
  NOT_PAID_YET,
  SHOP_ITEM,
  TICKET,
  browseTo,
  goBack,
  goOn,
  heading,
  openPage,
  pay,
  toStripe,
} from "./shop";
import type { World } from "./world";

/** Is handed every page, in every state worth a look. */
export type Look = (name: string) => Promise<void>;

/** What everybody can see. */
export async function publicPages(page: Page, world: World, look: Look): Promise<void> {
  const { url } = world.detroit;
  const at = async (name: string, path: string) => {
    await page.goto(url + path);
    await look(name);
  };
  await at("home", "/");
  await at("events", "/events");
  await at("courses", "/courses");
  await at("memberships", "/memberships");
  await at("shop", "/shop");
  await at("ticket", TICKET.path);
  await at("membership", MEMBERSHIP.path);
  await at("free-ticket", FREE_TICKET.path);
  await at("canceled", `${SHOP_ITEM.path}?cancelled=1`);
  await at("not-found", "/nothing-here");
  await at("sign-in", "/sign-in");
  await awake(page);
  await fillSignIn(page, "mia@example.com", "not the password");
  await expect(page.getByText("The e-mail address or the password is not right.")).toBeVisible();
  await look("sign-in-refused");
  await at("register", "/register");
  await awake(page);
  await page.getByRole("main").getByRole("button", { name: "Register" }).click();
  await expect(page.getByText("Check what you typed.")).toBeVisible();
  await look("register-refused");
  const port = new URL(url).port;
  await page.goto(`http://nobody.localhost:${port}/`);
  await look("unknown-host");
  await page.goto(world.coaching.url);
  await look("coaching-home");
  await page.goto(`${world.coaching.url}/courses/strength-for-shooters`);
  await look("coaching-course");
}

/** What a member sees who has just registered, and buys. */
export async function newMembersPages(page: Page, world: World, look: Look): Promise<void> {
  const { url } = world.detroit;
  await register(page, world.detroit);
  await look("dashboard-new");
  await page.goto(`${url}/notifications`);
  await look("notifications-none");
  await browseTo(page, SHOP_ITEM);
  await toStripe(page, SHOP_ITEM);
  await goBack(page);
  await look("item-open-page");
  await goOn(page, SHOP_ITEM);
  await world.stripe.hold(world.detroit);
  await world.stripe.spoilRetrieving(world.detroit);
  await page.getByRole("button", { name: "Pay", exact: true }).click();
  await expect(heading(page, NOT_PAID_YET)).toBeVisible();
  await look("purchase-waiting");
  await world.stripe.mend();
  await world.stripe.release(world.detroit);
  await browseTo(page, MEMBERSHIP);
  await toStripe(page, MEMBERSHIP);
  await goBack(page);
  await look("membership-open-page");
  await goOn(page, MEMBERSHIP);
  await pay(page, MEMBERSHIP);
  await look("purchase-paid");
  await page.goto(url + MEMBERSHIP.path);
  await look("membership-bought-already");
  await browseTo(page, COURSE);
  await toStripe(page, COURSE);
  await page.getByRole("button", { name: "Pay slowly" }).click();
  await page.getByRole("link", { name: "Continue" }).click();
  await expect(heading(page, "Your payment is on its way")).toBeVisible({ timeout: 20_000 });
  await look("purchase-on-its-way");
  await page.goto(`${url}/dashboard`);
  await look("dashboard-purchases");
}

/** What Mia sees, who has referrals in each status, notifications and a phone. */
export async function miasPages(page: Page, world: World, look: Look): Promise<void> {
  await new Phone(page.request, world.detroit).signIn(world.login(world.detroit), "Mia's phone");
  for (const site of [world.detroit, world.coaching]) {
    const name = site === world.detroit ? "" : "coaching-";
    await signIn(page, site, world.login(site));
    await look(`${name}dashboard`);
    await page.goto(`${site.url}/notifications`);
    await look(`${name}notifications`);
  }
}

/** The console as somebody sees it who runs a tenant and the platform program. */
export async function consolePages(page: Page, world: World, look: Look): Promise<void> {
  const { url } = world.detroit;
  const at = async (name: string, path: string) => {
    await page.goto(url + path);
    await look(name);
  };
  await signIn(page, world.detroit, world.pat);
  await at("admin-referrals", "/admin/referrals");
  await at("admin-referrals-filtered", "/admin/referrals?status=failed&q=omar&from=lost");
  await at("admin-referrals-nothing", "/admin/referrals?q=nobody");
  await page.goto(`${url}/admin/referrals?status=failed`);
  await page.getByRole("table").locator("tbody").getByRole("link").first().click();
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await look("admin-referral");
  await at("admin-platform-referrals", "/admin/referrals?tab=platform");
  await awake(page);
  await page.getByRole("button", { name: "Add Referrer" }).click();
  await expect(page.getByText("Check what you typed.").filter({ visible: true })).toBeVisible();
  await look("admin-referrer-refused");
  await page.getByRole("table").locator("tbody").getByRole("link").first().click();
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await look("admin-platform-referral");
  await at("admin-catalog", "/admin/catalog");
  await at("admin-product-new", "/admin/catalog/new");
  await at("admin-product", "/admin/catalog/1");
  await at("admin-members", "/admin/members");
  await at("admin-members-nobody", "/admin/members?q=nobody");
  await page.goto(`${url}/admin/members?q=jane`);
  await page.getByRole("main").getByRole("link", { name: "Jane Doe" }).last().click();
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await look("admin-member");
  await at("admin-settings", "/admin/settings?tab=payments");
  await world.stripe.sellUnknown(world.detroit);
  const unmatched = page.getByRole("region", { name: "Payments we could not match" });
  await expect(async () => {
    await page.reload();
    await expect(unmatched).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 20_000 });
  await look("admin-settings-unmatched");
  await unmatched.getByRole("button", { name: "Dismiss" }).click();
  await expect(unmatched).toHaveCount(0);
  await awake(page);
  await page.getByLabel("Tenant Referral Credit Amount").fill("$10");
  await page.getByRole("button", { name: "Save Settings" }).click();
  await expect(page.getByText("Check what you typed.").filter({ visible: true })).toBeVisible();
  await look("admin-settings-refused");
  await at("admin-audit-log", "/admin/settings?tab=audit");
}

/** What a prospect of PewPros and CoachPros sees, and who may not enter the console. */
export async function platformPages(page: Page, world: World, look: Look): Promise<void> {
  for (const [name, site] of [
    ["pewpros", world.pewpros],
    ["coachpros", world.coachpros],
  ] as const) {
    await page.goto(site.url);
    await look(`${name}-landing`);
    await page.goto(`${site.url}/pricing`);
    await look(`${name}-pricing`);
  }
  const { url } = world.pewpros;
  await page.goto(`${url}/pricing?plan=annual&cancelled=1`);
  await look("pewpros-canceled");
  await page.goto(`${url}/pricing?unknown_plan=1`);
  await look("pewpros-unknown-plan");
  await page.goto(`${url}/sign-in`);
  await look("pewpros-sign-in");
  await page.goto(`${url}/pricing/checkout?plan=annual`);
  await look("pewpros-checkout");
  await page.getByRole("button", { name: "Continue to payment" }).click();
  await goBack(page);
  await look("pewpros-open-page");
  await openPage(page).getByRole("button", { name: "Continue to payment" }).click();
  await page.getByLabel("E-mail").fill("prospect@example.com");
  await page.getByRole("button", { name: "Pay", exact: true }).click();
  await expect(heading(page, /Thank you/)).toBeVisible({ timeout: 20_000 });
  await look("pewpros-thank-you");
  await signIn(page, world.detroit, world.login(world.detroit));
  await page.goto(`${world.detroit.url}/admin/referrals`);
  await look("forbidden");
}
