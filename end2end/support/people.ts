import { randomUUID } from "node:crypto";

import { type Page, expect } from "@playwright/test";

import type { Site } from "./demo";

export interface Person {
  firstName: string;
  lastName: string;
  email: string;
  dateOfBirth: string;
  password: string;
}

/** A person with a new email. */
export function newPerson(firstName = "Jane", lastName = "Doe"): Person {
  const email = `${firstName.toLowerCase()}-${randomUUID().slice(0, 13)}@example.com`;
  return { firstName, lastName, email, dateOfBirth: "1990-01-15", password: "securepassword" };
}

/** Fills in the registration form. */
export async function fillRegistration(page: Page, person: Person): Promise<void> {
  await page.getByLabel("First name").fill(person.firstName);
  await page.getByLabel("Last name").fill(person.lastName);
  await page.getByLabel("Email").fill(person.email);
  await page.getByLabel("Date of birth").fill(person.dateOfBirth);
  await page.getByLabel("Password").fill(person.password);
}

/** Registers through the link "Register" in the header of the current page. */
export async function registerFromHere(page: Page, person: Person): Promise<void> {
  await page.getByRole("banner").getByRole("link", { name: "Register" }).click();
  await expect(page.getByRole("heading", { name: "Create your account" })).toBeVisible();
  await fillRegistration(page, person);
  await page.getByRole("button", { name: "Register" }).click();
  await expect(greeting(page, person)).toBeVisible();
}

/** Registers a new member of `site`, who then sees the dashboard. */
export async function register(page: Page, site: Site, person = newPerson()): Promise<Person> {
  await page.goto(site.url);
  await registerFromHere(page, person);
  return person;
}

/** The heading of a member's dashboard. */
export function greeting(page: Page, person: Pick<Person, "firstName">) {
  return page.getByRole("heading", { level: 1, name: `Hello, ${person.firstName}` });
}

export async function fillSignIn(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

export async function signIn(
  page: Page,
  site: Site,
  login: { email: string; password: string },
): Promise<void> {
  await page.goto(`${site.url}/sign-in`);
  await fillSignIn(page, login.email, login.password);
  await expect(page.getByRole("heading", { name: /^Hello, / })).toBeVisible();
}

export async function signOut(page: Page): Promise<void> {
  await openMenu(page);
  await page.getByRole("banner").getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("banner").getByRole("link", { name: "Register" })).toBeVisible();
}

export async function openMenu(page: Page): Promise<void> {
  await page.getByRole("banner").getByRole("button", { name: "Menu" }).click();
}

/** Waits until the islands of a page are hydrated, so that forms work without a page load. */
export async function waitForIslands(page: Page): Promise<void> {
  // The page does not show whether it is hydrated, because it works the same without JavaScript.
  await page.waitForLoadState("networkidle");
  await page.evaluate(() => new Promise((idle) => requestIdleCallback(idle)));
}
