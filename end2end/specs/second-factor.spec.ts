import { Secret, TOTP } from "otpauth";

import { expect, test } from "../support/fixtures";
import { fillSignIn, greeting, newPerson, register, waitForIslands } from "../support/people";

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });

    test("a member sets up a second factor and signs in with it", async ({ page, visit, world }) => {
      const { url } = world.detroit;
      const person = newPerson("Ida", "Lund");
      await register(page, world.detroit, person);
      await page.goto(`${url}/account`);
      const factor = page.getByRole("region", { name: "Second factor" });
      await expect(factor).toContainText("Off.");
      await factor.getByLabel("Your password").fill("not the password");
      await factor.getByRole("button", { name: "Set up a second factor" }).click();
      await expect(factor.getByLabel("Your password")).toHaveAccessibleDescription(
        "This is not your password.",
      );
      await factor.getByLabel("Your password").fill(person.password);
      await factor.getByRole("button", { name: "Set up a second factor" }).click();
      await expect(page.getByRole("img", { name: /QR code/ })).toBeVisible();
      const key = (await page.getByText(/^([A-Z2-7]{4} ){7}[A-Z2-7]{4}$/).textContent()) ?? "";
      const recovery = await page.getByText(/^[0-9a-z]{5}-[0-9a-z]{5}$/).allTextContents();
      expect(recovery).toHaveLength(10);
      const totp = new TOTP({ secret: Secret.fromBase32(key.replaceAll(" ", "")) });
      await page.getByLabel("Code from the app").fill("123 456");
      await page.getByRole("button", { name: "Turn it on" }).click();
      await expect(page.getByLabel("Code from the app")).toHaveAccessibleDescription(
        /This code is incorrect/,
      );
      await page.getByLabel("Code from the app").fill(totp.generate());
      await page.getByRole("button", { name: "Turn it on" }).click();
      await expect(factor).toContainText("On since");
      await world.mailbox.mailTo(person.email, "Your account now has a second factor");

      const elsewhere = await visit();
      await elsewhere.goto(`${url}/sign-in?next=/events`);
      if (javaScriptEnabled) await waitForIslands(elsewhere);
      await fillSignIn(elsewhere, person.email, person.password);
      const asked = elsewhere.getByRole("heading", { level: 1, name: "Enter your code" });
      await expect(asked).toBeVisible();
      await elsewhere.getByLabel("Code", { exact: true }).fill("123456");
      await elsewhere.getByRole("button", { name: "Sign in" }).click();
      await expect(elsewhere.getByLabel("Code", { exact: true })).toHaveAccessibleDescription(
        /This code is incorrect/,
      );
      await elsewhere.getByLabel("Code", { exact: true }).fill(recovery[0] ?? "");
      await elsewhere.getByRole("button", { name: "Sign in" }).click();
      await expect(elsewhere).toHaveURL(`${url}/events`);
      await elsewhere.goto(`${url}/dashboard`);
      await expect(greeting(elsewhere, person)).toBeVisible();

      await factor.getByLabel("Your password").fill(person.password);
      await factor.getByLabel(/^Code from the app/).fill(recovery[1] ?? "");
      await factor.getByRole("button", { name: "Turn off the second factor" }).click();
      await expect(factor).toContainText("Off.");
    });
  });
}
