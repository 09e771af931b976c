import type { Page } from "@playwright/test";

import { expect, test } from "../support/fixtures";
import { linkIn } from "../support/mailbox";
import { fillSignIn, greeting, newPerson, register, signIn, waitForIslands } from "../support/people";

const NEW_PASSWORD = "walnut carousel 77 delta";

function section(page: Page, name: string) {
  return page.getByRole("region", { name });
}

function notice(page: Page) {
  return page.getByRole("status").filter({ hasText: /./ });
}

async function openAccount(page: Page, url: string) {
  await page.goto(`${url}/dashboard`);
  await page.getByRole("link", { name: "Your account" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Your account" })).toBeVisible();
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });

    test("a member confirms the address and changes it", async ({ page, visit, world }) => {
      const { url } = world.detroit;
      const person = newPerson("Nora", "Quinn");
      const first = await visit();
      await register(first, world.detroit, person);
      await signIn(page, world.detroit, person);
      await openAccount(page, url);
      const address = section(page, "Email address");
      await expect(address).toContainText("Not confirmed yet.");

      const mail = await world.mailbox.mailTo(person.email, "Confirm your email address");
      await page.goto(linkIn(mail, "/confirm-email"));
      await expect(page.getByText(`Is ${person.email} your address?`)).toBeVisible();
      await page.getByRole("button", { name: "Confirm this address" }).click();
      await expect(notice(page)).toHaveText("Your email address is confirmed.");
      await expect(address).toContainText("Confirmed on");
      await page.goto(linkIn(mail, "/confirm-email"));
      await expect(
        page.getByRole("heading", { name: "This link no longer works" }),
      ).toBeVisible();
      await page.getByRole("main").getByRole("link", { name: "Your account" }).click();

      const changed = newPerson("Nora", "Quinn").email;
      const send = address.getByRole("button", { name: "Email a link to the new address" });
      await address.getByLabel("New email address").fill(changed);
      await address.getByLabel("Your password").fill("not the password");
      await send.click();
      await expect(address.getByLabel("Your password")).toHaveAccessibleDescription(
        "This is not your password.",
      );
      await expect(address.getByLabel("New email address")).toHaveValue(changed);
      await address.getByLabel("Your password").fill(person.password);
      await send.click();
      await expect(notice(page)).toContainText(`We emailed a link to ${changed}.`);
      await expect(address).toContainText(person.email);
      const second = await world.mailbox.mailTo(changed, "Confirm your email address");
      await page.goto(linkIn(second, "/confirm-email"));
      await page.getByRole("button", { name: "Confirm this address" }).click();
      await expect(notice(page)).toHaveText(`You sign in with ${changed} from now on.`);
      for (const to of [person.email, changed]) {
        await world.mailbox.mailTo(to, "Your email address was changed");
      }
    });

    test("a member changes the password and is signed out elsewhere", async ({
      page,
      visit,
      world,
    }) => {
      const { url } = world.detroit;
      const person = newPerson("Ben", "Frost");
      const elsewhere = await visit();
      await register(elsewhere, world.detroit, person);
      await signIn(page, world.detroit, person);
      await openAccount(page, url);
      const signIns = section(page, "Where you are signed in");
      await expect(signIns.getByRole("listitem")).toHaveCount(2);
      await expect(signIns.getByText("This browser")).toHaveCount(1);

      const password = section(page, "Password");
      const change = password.getByRole("button", { name: "Change your password" });
      await password.getByLabel("Current password").fill(person.password);
      await password.getByLabel("New password").fill("short");
      await change.click();
      await expect(password.getByLabel("New password")).toHaveAccessibleDescription(/8 characters/);
      await password.getByLabel("Current password").fill(person.password);
      await password.getByLabel("New password").fill(NEW_PASSWORD);
      await change.click();
      await expect(notice(page)).toContainText("Your password was changed.");
      await expect(signIns.getByRole("listitem")).toHaveCount(1);
      await world.mailbox.mailTo(person.email, "Your password was changed");

      await elsewhere.goto(`${url}/account`);
      if (javaScriptEnabled) await waitForIslands(elsewhere);
      await fillSignIn(elsewhere, person.email, NEW_PASSWORD);
      await expect(elsewhere.getByRole("heading", { level: 1, name: "Your account" })).toBeVisible();
      await page.reload();
      await signIns.getByRole("button", { name: /^Sign out .* on / }).click();
      await expect(notice(page)).toHaveText("The browser is signed out.");
      await elsewhere.goto(`${url}/dashboard`);
      await expect(greeting(elsewhere, person)).toHaveCount(0);
    });
  });
}
