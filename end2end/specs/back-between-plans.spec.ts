import { randomUUID } from "node:crypto";

import type { Page } from "@playwright/test";

import { addReferrer, goToAdmin, tableRows, openTab } from "../support/console";
import { expect, test } from "../support/fixtures";
import { goBack, heading, openCheckoutNotice } from "../support/shop";
import type { World } from "../support/world";

/** Creates a platform referrer and opens the link. Returns the referrer's email and code. */
async function follow(admin: Page, prospect: Page, world: World): Promise<[string, string]> {
  const referrer = `referrer-${randomUUID().slice(0, 8)}@example.com`;
  await goToAdmin(admin, world.detroit, world.pat, "Referrals");
  await openTab(admin, "Platform Referrals");
  const link = await addReferrer(admin, "Jordan Reyes", referrer);
  await prospect.goto(link);
  return [referrer, new URL(link).searchParams.get("ref") ?? ""];
}

function getStarted(page: Page, plan: "Annual" | "Monthly") {
  const card = page.getByRole("region", { name: plan, exact: true });
  return card.getByRole("link", { name: "Get Started" });
}

async function begin(page: Page, plan: "Annual" | "Monthly"): Promise<void> {
  await getStarted(page, plan).click();
  await expect(heading(page, "Pay")).toBeVisible();
  await expect(page.getByText(`PewPros ${plan}`)).toBeVisible();
}

async function sessionsWith(world: World, code: string) {
  const all = await world.stripe.sessions(world.pewpros);
  return all.filter((session) => session.metadata.referral_code === code);
}

for (const way of ["the link back", "the browser's Back"]) {
  test(`Monthly, ${way}, Annual: the referral code is kept, and the Monthly session expires`, async ({
    page,
    visit,
    world,
  }) => {
    const prospect = await visit();
    const [referrer, code] = await follow(page, prospect, world);
    await begin(prospect, "Monthly");
    if (way === "the link back") {
      await goBack(prospect);
      await expect(openCheckoutNotice(prospect)).toContainText("Monthly");
    } else {
      await prospect.goBack();
      await prospect.goto(`${world.pewpros.url}/pricing`);
    }
    await begin(prospect, "Annual");
    expect(await sessionsWith(world, code)).toMatchObject([
      { status: "expired", metadata: { plan: "monthly" } },
      { status: "open", metadata: { plan: "annual" } },
    ]);

    const customer = `buyer-${randomUUID().slice(0, 8)}@example.com`;
    await prospect.getByLabel("Email").fill(customer);
    await prospect.getByRole("button", { name: "Pay", exact: true }).click();
    await expect(heading(prospect, /Thank you/)).toBeVisible({ timeout: 20_000 });
    const line = tableRows(page).filter({ hasText: customer });
    await expect(async () => {
      await page.reload();
      await expect(line).toContainText("Credited", { timeout: 1000 });
    }).toPass({ timeout: 20_000 });
    await expect(line).toContainText("Annual");
    await world.stripe.waitForDeliveries(world.pewpros);
    const transactions = await world.stripe.balanceTransactions(world.pewpros, referrer);
    expect(transactions.map((transaction) => transaction.amount)).toEqual([-5000]);
  });
}

test("neither Back from Stripe nor viewing a plan starts a Checkout session", async ({
  page,
  world,
}) => {
  const { stripe } = world;
  const before = await stripe.countSessionRequests("POST");
  await page.goto(`${world.pewpros.url}/pricing/checkout?plan=annual`);
  const next = page.getByRole("button", { name: "Continue to payment" });
  await expect(next).toBeVisible();
  await page.waitForLoadState("networkidle");
  expect(await stripe.countSessionRequests("POST"), "opening the page directly starts no session").toBe(before);

  await page.goto(`${world.pewpros.url}/pricing`);
  await begin(page, "Annual");
  expect(await stripe.countSessionRequests("POST")).toBe(before + 1);
  await page.goBack();
  await expect(next.or(getStarted(page, "Annual")).first()).toBeVisible();
  await page.waitForLoadState("networkidle");
  await expect(heading(page, "Pay")).toHaveCount(0);
  expect(new URL(page.url()).origin).toBe(world.pewpros.url);
  await page.reload();
  await page.waitForLoadState("networkidle");
  expect(new URL(page.url()).origin).toBe(world.pewpros.url);
  expect(await stripe.countSessionRequests("POST")).toBe(before + 1);
});

test("Cancel this purchase expires the session, and the next one still has the code", async ({
  page,
  visit,
  world,
}) => {
  const prospect = await visit();
  const [, code] = await follow(page, prospect, world);
  await begin(prospect, "Monthly");
  await goBack(prospect);
  await openCheckoutNotice(prospect).getByRole("button", { name: "Cancel this purchase" }).click();
  await expect(prospect).toHaveURL(`${world.pewpros.url}/pricing`);
  await expect(openCheckoutNotice(prospect)).toHaveCount(0);
  await begin(prospect, "Monthly");
  expect(await sessionsWith(world, code)).toMatchObject([{ status: "expired" }, { status: "open" }]);
});
