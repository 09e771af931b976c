import { type Locator, type Page, expect } from "@playwright/test";

import type { Site } from "./demo";

/** Referral codes contain no characters that are easily confused. */
const CODE = "[2-9a-hjkmnp-z]{8}";

export const WHERE_IT_APPLIES =
  "It comes off your next membership payment automatically. " +
  "For tickets, courses and shop items, use it when you buy.";

export const EARNED = "You earned a $10.00 credit from your referral";

/** The "Refer a Friend" card on the dashboard. */
export function card(page: Page): Locator {
  return page.getByRole("region", { name: "Refer a Friend" });
}

/** The referrals on the card, newest first. */
export function referrals(page: Page): Locator {
  return card(page).getByRole("list", { name: "Your referrals" }).locator(":scope > li");
}

/** Clicks "Get My Referral Link" on the current dashboard and returns the link. */
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

/** The card's sentence about a balance of `credit`. */
export function balanceSentence(credit: string): string {
  return `Your credit: ${credit}. ${WHERE_IT_APPLIES}`;
}
