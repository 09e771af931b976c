import { randomUUID } from "node:crypto";

import type { Page } from "@playwright/test";

import { addReferrer, goToAdmin, tableRows, openTab, platformReferrer, referrerLink } from "../support/console";
import { type Visit, expect, test } from "../support/fixtures";
import { goBack, heading } from "../support/shop";
import type { Site } from "../support/demo";
import type { World } from "../support/world";

interface Sale {
  brand: "PewPros" | "CoachPros";
  plan: "Annual" | "Monthly";
  price: string;
  /**
   * The path of the link: the pricing page or the landing page (the guide's "Referral Link
   * Formats").
   */
  path: "/pricing" | "";
}

const SALES: Sale[] = [
  { brand: "PewPros", plan: "Annual", price: "$1,250/yr", path: "/pricing" },
  { brand: "PewPros", plan: "Monthly", price: "$125/mo", path: "" },
  { brand: "CoachPros", plan: "Monthly", price: "$125/mo", path: "/pricing" },
];

/** The guide's "Scenario 2: Platform Referral", line by line. */
for (const sale of SALES) {
  const link = `${sale.brand}${sale.path}?ref=CODE`;
  test(`${link} sells ${sale.plan} and becomes a credit`, async ({ page, visit, world }) => {
    await play(page, visit, world, sale);
  });
}

async function play(page: Page, visit: Visit, world: World, sale: Sale): Promise<void> {
  const site = sale.brand === "PewPros" ? world.pewpros : world.coachpros;
  const referrer = `referrer-${randomUUID().slice(0, 8)}@example.com`;
  const customer = `buyer-${randomUUID().slice(0, 8)}@example.com`;
  let link = "";
  await test.step("1. Admin creates a platform referrer", async () => {
    await goToAdmin(page, world.detroit, world.pat, "Referrals");
    await openTab(page, "Platform Referrals");
    await addReferrer(page, "Jordan Reyes", referrer);
    link = await referrerLink(page, referrer, sale.brand);
    expect(link.startsWith(`${site.url}/pricing?ref=`)).toBe(true);
  });
  const code = new URL(link).searchParams.get("ref") ?? "";

  const prospect = await visit();
  await test.step("2. Prospect clicks the referral link", async () => {
    await prospect.goto(link.replace("/pricing", sale.path));
    if (sale.path === "") {
      await prospect.getByRole("banner").getByRole("link", { name: "Pricing" }).click();
    }
    await test.step("They see the normal pricing page", async () => {
      await expect(plan(prospect, "Annual")).toContainText("$1,250/yr");
      await expect(plan(prospect, "Monthly")).toContainText("$125/mo");
    });
  });

  await test.step("3. Prospect selects a plan and checks out", async () => {
    await test.step("A canceled payment returns with the code and the plan", async () => {
      await plan(prospect, sale.plan).getByRole("link", { name: "Get Started" }).click();
      await expect(heading(prospect, "Pay")).toBeVisible();
      await goBack(prospect);
      await expect(prospect).toHaveURL(new RegExp(`plan=${sale.plan.toLowerCase()}`));
    });
    await test.step('Clicks "Get Started", is redirected to Stripe', async () => {
      const asked = prospect.waitForRequest(
        `${site.url}/pricing/checkout?plan=${sale.plan.toLowerCase()}`,
      );
      await plan(prospect, sale.plan).getByRole("link", { name: "Get Started" }).click();
      await asked;
      await expect(heading(prospect, "Pay")).toBeVisible();
    });
    await test.step("Back shows the plan or the prices without redirecting again", async () => {
      // Browsers may leave a page that redirected without user action out of the history.
      const next = prospect
        .getByRole("button", { name: "Continue to payment" })
        .or(plan(prospect, sale.plan).getByRole("link", { name: "Get Started" }))
        .first();
      await prospect.goBack();
      await expect(next).toBeVisible();
      await prospect.waitForLoadState("networkidle");
      await expect(next).toBeVisible();
      await prospect.goForward();
      await expect(heading(prospect, "Pay")).toBeVisible();
    });
    await test.step("The code is passed as metadata in the Stripe Checkout session", async () => {
      const ours = await sessionsWith(world, site, code);
      // Choosing the same plan again opens the same session.
      expect(ours).toMatchObject([{ mode: "subscription", status: "open" }]);
    });
    await test.step("Prospect completes payment on Stripe's page", async () => {
      await prospect.getByLabel("Email").fill(customer);
      await prospect.getByRole("button", { name: "Pay", exact: true }).click();
      await expect(heading(prospect, /Thank you/)).toBeVisible({ timeout: 20_000 });
      await expect(prospect.getByRole("main")).toContainText(sale.plan);
    });
    await test.step("The code is cleared from the browser session", async () => {
      const other = await prospect.context().newPage();
      // A buyer sees the thank-you page once and may then buy again.
      for (const shown of [/Thank you/, "Pay"]) {
        await other.goto(`${site.url}/pricing/checkout?plan=monthly`);
        await expect(heading(other, `${sale.brand} Monthly`)).toBeVisible();
        await other.getByRole("button", { name: "Continue to payment" }).click();
        await expect(heading(other, shown)).toBeVisible();
      }
      await other.close();
      expect((await world.stripe.sessions(site)).at(-1)).toMatchObject({ status: "open" });
      expect(await sessionsWith(world, site, code), "the second session has no code").toHaveLength(1);
    });
  });

  await test.step("4. and 5. Webhook, purchase, referral, credit", async () => {
    const line = tableRows(page).filter({ hasText: customer });
    await expect(async () => {
      await page.reload();
      await expect(line).toContainText("Credited", { timeout: 1000 });
    }).toPass({ timeout: 20_000 });
    await expect(line).toContainText("Jordan Reyes");
    await expect(line).toContainText(sale.plan);
    await expect(line).toContainText("$50.00");
    await expect(platformReferrer(page, referrer)).toContainText("1");
    const subscriptions = await world.stripe.subscriptions(site);
    expect(subscriptions.filter((session) => session.metadata.referral_code === code)).toHaveLength(1);
  });

  await test.step("6. Credit shows on their Stripe customer balance", async () => {
    await expectOneCredit(world, site, referrer);
    await tableRows(page).filter({ hasText: customer }).getByRole("link").click();
    for (const step of ["Clicked", "Bought", "Credited"]) {
      await expect(page.getByRole("main").getByText(new RegExp(step)).first()).toBeVisible();
    }
  });
}

/** A plan on the pricing page. */
function plan(page: Page, name: string) {
  return page.getByRole("region", { name, exact: true });
}

/** The Checkout sessions with the referral code `code`, oldest first. */
async function sessionsWith(world: World, site: Site, code: string) {
  const all = await world.stripe.sessions(site);
  return all.filter((session) => session.metadata.referral_code === code);
}

async function expectOneCredit(world: World, site: Site, email: string): Promise<void> {
  expect(await world.stripe.balanceTransactions(site, email)).toMatchObject([
    { amount: -5000, currency: "usd", description: "Platform referral credit", type: "adjustment" },
  ]);
}

test("a platform referrer who buys with their own email earns nothing, and the console shows why", async ({
  page,
  visit,
  world,
}) => {
  const unique = randomUUID().slice(0, 8);
  await goToAdmin(page, world.detroit, world.pat, "Referrals");
  await openTab(page, "Platform Referrals");
  const link = await addReferrer(page, "Sky Marsh", `sky-${unique}@example.com`);
  const sky = await visit();
  await sky.goto(link);
  await plan(sky, "Monthly").getByRole("link", { name: "Get Started" }).click();
  const alias = `SKY-${unique}+shop@example.com`;
  await sky.getByLabel("Email").fill(alias);
  await sky.getByRole("button", { name: "Pay", exact: true }).click();
  await expect(heading(sky, /Thank you/)).toBeVisible({ timeout: 20_000 });
  const line = tableRows(page).filter({ hasText: alias });
  await expect(async () => {
    await page.reload();
    await expect(line).toContainText("Failed", { timeout: 1000 });
  }).toPass({ timeout: 20_000 });
  await expect(line).toContainText("The referrer bought with their own email address");
  await expect(line.getByRole("button", { name: "Retry" })).toHaveCount(0);
  expect(await world.stripe.balanceTransactions(world.pewpros, `sky-${unique}@example.com`)).toEqual([]);
});

test("an unknown plan, an invalid code or a disabled referrer does not prevent the purchase", async ({
  page,
  visit,
  world,
}) => {
  const site = world.pewpros;
  await goToAdmin(page, world.detroit, world.pat, "Referrals");
  await openTab(page, "Platform Referrals");
  const email = `off-${randomUUID().slice(0, 8)}@example.com`;
  const link = await addReferrer(page, "Lee Off", email);
  await platformReferrer(page, email).getByRole("button", { name: "Disable" }).click();
  await expect(platformReferrer(page, email)).toContainText("Disabled");
  for (const address of [link, `${site.url}/pricing?ref=ab3kx7mn`, `${site.url}/pricing?ref=%00`]) {
    const prospect = await visit();
    await prospect.goto(address);
    await prospect.goto(`${site.url}/pricing/checkout?plan=weekly`);
    await expect(prospect.getByText("There is no such plan")).toBeVisible();
    await plan(prospect, "Annual").getByRole("link", { name: "Get Started" }).click();
    const customer = `buyer-${randomUUID().slice(0, 8)}@example.com`;
    await prospect.getByLabel("Email").fill(customer);
    await prospect.getByRole("button", { name: "Pay", exact: true }).click();
    await expect(heading(prospect, /Thank you/)).toBeVisible({ timeout: 20_000 });
    await page.reload();
    await expect(tableRows(page).filter({ hasText: customer })).toHaveCount(0);
  }
});
