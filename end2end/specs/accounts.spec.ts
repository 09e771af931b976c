import type { Page } from "@playwright/test";

import { expect, test } from "../support/fixtures";
import {
  waitForIslands,
  fillRegistration,
  fillSignIn,
  greeting,
  register,
  signIn,
  signOut,
  newPerson,
} from "../support/people";
import { TICKET, goToCheckout } from "../support/shop";

const FIELDS = ["First name", "Last name", "Email", "Date of birth", "Password"];

/** Opens the registration form and waits until errors are shown without a page load. */
async function openRegistration(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/register`);
  await waitForIslands(page);
}

test("a registration shows all errors at once, each at its field", async ({
  page,
  world,
}) => {
  await openRegistration(page, world.detroit.url);
  await page.getByRole("button", { name: "Register" }).click();
  const messages: Record<string, string> = {
    "First name": "Enter your first name.",
    "Last name": "Enter your last name.",
    Email: "Enter your email address.",
    "Date of birth": "Enter your date of birth.",
    Password: "Use at least 8 characters.",
  };
  for (const label of FIELDS) {
    const field = page.getByLabel(label);
    await expect(field).toHaveAttribute("aria-invalid", "true");
    await expect(field).toHaveAccessibleDescription(new RegExp(messages[label] ?? "missing"));
  }
  await expect(page.getByText("Please check what you entered.")).toBeVisible();
  await page.getByRole("link", { name: "Enter your email address." }).click();
  await expect(page.getByLabel("Email")).toBeFocused();
});

test("a refused registration keeps what was typed", async ({ page, world }) => {
  const person = { ...newPerson("Zoë", "Müller-Łukasik"), email: "zoe@", dateOfBirth: "2999-01-01" };
  await openRegistration(page, world.detroit.url);
  await fillRegistration(page, person);
  await page.getByRole("button", { name: "Register" }).click();
  await expect(page.getByLabel("Email")).toHaveAccessibleDescription(
    "Enter an email address like name@example.com.",
  );
  await expect(page.getByLabel("Date of birth")).toHaveAccessibleDescription(
    "Your date of birth must be in the past.",
  );
  await expect(page.getByLabel("First name")).toHaveAccessibleDescription("");
  await expect(page.getByLabel("First name")).toHaveValue("Zoë");
  await expect(page.getByLabel("Last name")).toHaveValue("Müller-Łukasik");
  await expect(page.getByLabel("Email")).toHaveValue("zoe@");
  await expect(page.getByLabel("Date of birth")).toHaveValue("2999-01-01");
  await expect(page.getByLabel("Password")).toHaveValue(person.password);

  const corrected = newPerson("Zoë");
  await page.getByLabel("Email").fill(corrected.email);
  await page.getByLabel("Date of birth").fill(corrected.dateOfBirth);
  await page.getByRole("button", { name: "Register" }).click();
  await expect(greeting(page, person)).toBeVisible();
});

test("a name of ten thousand letters is refused with a message", async ({ page, world }) => {
  await openRegistration(page, world.detroit.url);
  await fillRegistration(page, { ...newPerson(), firstName: "x".repeat(10_240) });
  await page.getByRole("button", { name: "Register" }).click();
  await expect(page.getByLabel("First name")).toHaveAccessibleDescription(
    "Use at most 80 characters.",
  );
});

test("a member signs out and in again, and the dashboard is private", async ({
  page,
  world,
}) => {
  const site = world.detroit;
  const member = await register(page, site);
  await page.getByRole("main").getByRole("link", { name: "Your account" }).click();
  await expect(page.getByRole("region", { name: "Profile" })).toContainText(member.email);
  await expect(page.getByRole("region", { name: "Profile" })).toContainText("January 15, 1990");
  await signOut(page);

  await page.goto(`${site.url}/dashboard`);
  await expect(page).toHaveURL(`${site.url}/sign-in?next=/dashboard`);
  await expect(page.getByText(member.email)).toHaveCount(0);
  await fillSignIn(page, member.email.toUpperCase(), member.password);
  await expect(greeting(page, member)).toBeVisible();
  await expect(page).toHaveURL(`${site.url}/dashboard`);
});

test("the notification stream closes for a signed-out member", async ({
  page,
  world,
}) => {
  await register(page, world.detroit);
  await signOut(page);
  const ended = await page.evaluate(
    () =>
      new Promise((resolve) => {
        const stream = new EventSource("/notifications/stream");
        stream.onerror = () => resolve(stream.readyState === EventSource.CLOSED);
      }),
  );
  expect(ended, "the browser does not reconnect").toBe(true);
});

test("a wrong password and an unknown email get the same message", async ({
  page,
  visit,
  world,
}) => {
  const member = await register(await visit(), world.detroit);
  await page.goto(`${world.detroit.url}/sign-in`);
  const answers: string[] = [];
  for (const email of [member.email, newPerson("Nobody").email, "not an address"]) {
    await fillSignIn(page, email, "not the password");
    const message = page.getByText("The email address or password is incorrect.");
    await expect(message).toBeVisible();
    await expect(page.getByLabel("Email")).toHaveValue(email);
    answers.push(await page.getByRole("main").innerText());
    await page.reload();
    await expect(message).toBeHidden();
  }
  expect(answers[1]).toBe(answers[0]);
  expect(answers[2]).toBe(answers[0]);
});

test("an email has one account, regardless of case", async ({ page, visit, world }) => {
  const member = await register(await visit(), world.detroit);
  await openRegistration(page, world.detroit.url);
  await fillRegistration(page, { ...newPerson(), email: member.email.toUpperCase() });
  await page.getByRole("button", { name: "Register" }).click();
  await expect(page.getByLabel("Email")).toHaveAccessibleDescription(
    "This email address already has an account. Sign in instead.",
  );
  await expect(page).toHaveURL(`${world.detroit.url}/register`);
});

test("an account is valid on its own tenant's site only", async ({ page, world }) => {
  const member = await register(page, world.detroit);
  await page.goto(world.coaching.url);
  await expect(page.getByRole("banner").getByRole("link", { name: "Sign in" })).toBeVisible();
  await page.goto(`${world.coaching.url}/sign-in`);
  await fillSignIn(page, member.email, member.password);
  await expect(page.getByText("The email address or password is incorrect.")).toBeVisible();
  await register(page, world.coaching, member);
});

test("a visitor who wants to buy comes back to the product after signing in", async ({
  page,
  visit,
  world,
}) => {
  const member = await register(await visit(), world.detroit);
  await page.goto(world.detroit.url + TICKET.path);
  await page.getByRole("button", { name: TICKET.button }).click();
  // Nobody has signed in in this browser yet.
  await expect(page.getByRole("heading", { name: "Create your account" })).toBeVisible();
  await page.getByRole("main").getByRole("link", { name: "Sign in" }).click();
  await expect(page.getByText("Sign in to continue.")).toBeVisible();
  await fillSignIn(page, member.email, member.password);
  await expect(page).toHaveURL(world.detroit.url + TICKET.path);
  await goToCheckout(page, TICKET);
});

test("nobody is sent to another site after signing in", async ({ page, visit, world }) => {
  const member = await register(await visit(), world.detroit);
  await page.goto(`${world.detroit.url}/sign-in?next=//elsewhere.example/`);
  await fillSignIn(page, member.email, member.password);
  await expect(page).toHaveURL(`${world.detroit.url}/dashboard`);
});

test("the demo's member can sign in on both sites", async ({ page, world }) => {
  for (const site of [world.detroit, world.coaching]) {
    await signIn(page, site, world.login(site));
    await expect(page.getByRole("region", { name: "Refer a Friend" })).toBeVisible();
  }
});
