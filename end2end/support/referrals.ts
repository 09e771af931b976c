import { type Locator, type Page, expect } from "@playwright/test";

import type { Site } from "./demo";

/** The alphabet of codes has nothing that one could misread. */
const CODE = "[2-9a-hjkmnp-z]{8}";

export const WHERE_IT_APPLIES =
  "Stripe applies it automatically to your next membership payment. " +
  "Tickets, courses and shop items are paid in full.";

export const EARNED = "You earned a $10.00 credit from your referral";

/** The "Refer a Friend" card on a dashboard. */
export function card(page: Page): Locator {
  return page.getByRole("region", { name: "Refer a Friend" });
}

/** The friends on the card, newest first. */
export function referrals(page: Page): Locator {
  return card(page).getByRole("list", { name: "Your referrals" }).getByRole("listitem");
}

/** Clicks "Get My Referral Link" on the dashboard that is open and reads the link. */
export async function getLink(page: Page, site: Site): Promise<string> {
  await card(page).getByRole("button", { name: "Get My Referral Link" }).click();
  return await readLink(page, site);
}

/** The link that the card shows. */
export async function readLink(page: Page, site: Site): Promise<string> {
  const field = card(page).getByLabel("Your referral link");
  const origin = site.url.replaceAll(".", "\\.");
  await expect(field).toHaveValue(new RegExp(`^${origin}\\?ref=${CODE}$`));
  return await field.inputValue();
}

export function codeOf(link: string): string {
  return new URL(link).searchParams.get("ref") ?? "";
}

/** What the card says when Stripe has `credit` on the balance. */
export function balanceSentence(credit: string): string {
  return `Credit on your balance: ${credit}. ${WHERE_IT_APPLIES}`;
}
