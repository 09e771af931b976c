import { type Locator, type Page, expect } from "@playwright/test";

import { signIn } from "./people";
import type { Login, Site } from "./demo";

export type Section = "Referrals" | "Orders" | "Catalog" | "Members" | "Site Settings";

/** Signs in and opens a section of the console, in the guide's words: "Go to Admin > …". */
export async function goToAdmin(page: Page, site: Site, login: Login, section: Section): Promise<void> {
  await signIn(page, site, login);
  await page.getByRole("banner").getByRole("link", { name: "Admin" }).click();
  await goToSection(page, section);
}

/** Opens another section of the console. */
export async function goToSection(page: Page, section: Section): Promise<void> {
  const sections = page.getByRole("navigation", { name: "Admin" });
  await sections.getByRole("link", { name: section, exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: section })).toBeVisible();
}

/** Opens a tab of the current page. */
export async function openTab(page: Page, name: string): Promise<void> {
  const tab = page.getByRole("main").getByRole("link", { name, exact: true });
  await tab.click();
  await expect(tab).toHaveAttribute("aria-current", "page");
}

/** The console's message about the last action. */
export function toasts(page: Page): Locator {
  return page.locator(".toasts-done");
}

export function region(page: Page, name: string | RegExp): Locator {
  return page.getByRole("region", { name });
}

/** The value of a card above the table. */
export function card(page: Page, name: string): Locator {
  const term = page.getByRole("term").filter({ hasText: new RegExp(`^${escape(name)}$`) });
  return page.locator("dl.stats > div").filter({ has: term }).getByRole("definition");
}

/** Unfolds the form with the keys of a connected Stripe account, in the account's section. */
export async function changeKeys(section: Locator): Promise<void> {
  await section.getByText("Change keys", { exact: true }).click();
  await expect(section.getByLabel("Secret key", { exact: true })).toBeVisible();
}

/** What is known about a connected Stripe account under this name, in the account's section. */
export function fact(section: Locator, name: string): Locator {
  const term = section.page().getByRole("term").filter({ hasText: new RegExp(`^${escape(name)}$`) });
  return section.locator("dl > div").filter({ has: term }).getByRole("definition");
}

/** The rows of the table of referrals. */
export function tableRows(page: Page): Locator {
  return page.locator("#referrals-table").locator("tbody").getByRole("row");
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** Opens the dialog that adds a platform referrer. */
export async function openAddReferrer(page: Page): Promise<Locator> {
  await region(page, "Platform Referrers").getByRole("button", { name: "Add Referrer" }).click();
  const dialog = page.getByRole("dialog", { name: "Add a referrer" });
  await expect(dialog).toBeVisible();
  return dialog;
}

/** Adds a platform referrer on the Platform Referrals tab and returns the link for PewPros. */
export async function addReferrer(page: Page, name: string, email: string): Promise<string> {
  const dialog = await openAddReferrer(page);
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByLabel("Email").fill(email);
  await dialog.getByRole("button", { name: "Add Referrer" }).click();
  await expect(platformReferrer(page, email)).toBeVisible();
  return await referrerLink(page, email, "PewPros");
}

/** The rows of the table of Platform Referrers. */
export function referrerRows(page: Page): Locator {
  return region(page, "Platform Referrers").locator("tbody").getByRole("row");
}

/** A platform referrer in the table of Platform Referrers. */
export function platformReferrer(page: Page, email: string): Locator {
  return referrerRows(page).filter({ hasText: email });
}

/** The link that a platform referrer shares. */
export async function referrerLink(page: Page, email: string, brand: string): Promise<string> {
  return await platformReferrer(page, email).getByLabel(brand).inputValue();
}

/** Opens the form that records a sale, on a member's page. */
export async function openSale(page: Page): Promise<Locator> {
  const sale = region(page, "Record a sale made in person");
  await sale.getByText("Record a sale", { exact: true }).click();
  return sale;
}

/** Saves the Payments tab. */
export async function saveSettings(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Save Settings" }).click();
  await expect(toasts(page)).toContainText("Settings saved.");
}

/** The values of the cards above the table. */
type CardValues = [total: string, pending: string, credited: string, credits: string];

export async function expectCards(page: Page, [total, pending, credited, credits]: CardValues) {
  await expect(card(page, "Total")).toHaveText(total);
  await expect(card(page, "Pending")).toHaveText(pending);
  await expect(card(page, "Credited")).toHaveText(credited);
  await expect(card(page, "Total Credits ($)")).toHaveText(credits);
}
