import type { Page } from "@playwright/test";

import { expect, test } from "../support/fixtures";
import { signIn, newPerson } from "../support/people";
import { Phone, registrationOf } from "../support/phone";

/** The phones on the page of the account. */
function devices(page: Page) {
  const signIns = page.getByRole("region", { name: "Where you are signed in" });
  return signIns.getByRole("listitem").filter({ hasText: "Last used" });
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });

    test("a member signs a lost phone out", async ({ page, visit, request, world }) => {
      const site = world.detroit;
      const member = newPerson("Robin", "Hart");
      const tablet = new Phone(request, site);
      await tablet.register({ ...registrationOf(member), device_name: "Robin's tablet" });
      const phone = new Phone(request, site);
      await phone.signIn(member, "Robin's phone");
      const other = newPerson("Omar", "Haddad");
      await new Phone(request, site).register({ ...registrationOf(other), device_name: "Omar's phone" });

      const theirs = await visit();
      await signIn(theirs, site, other);
      await theirs.goto(`${site.url}/account`);
      await expect(devices(theirs)).toHaveText([/^Omar's phone/]);

      await signIn(page, site, member);
      await page.goto(`${site.url}/account`);
      const title = page.getByRole("heading", { name: "Phones" });
      await expect(title).toBeVisible();
      await expect(devices(page)).toHaveText([/^Robin's phone/, /^Robin's tablet/]);
      const signOut = devices(page).getByRole("button", { name: "Sign out Robin's phone" });
      await expect(signOut).toHaveText("Sign out");
      await signOut.click();
      await expect(page.getByText("The device is signed out.")).toBeVisible();
      await expect(devices(page)).toHaveText([/^Robin's tablet/]);

      const response = await phone.call("GET", "me");
      expect(response.status()).toBe(401);
      expect(response.headers()["www-authenticate"]).toBe('Bearer error="invalid_token"');
      expect((await tablet.call("GET", "me")).status()).toBe(200);

      await page.getByRole("button", { name: "Sign out Robin's tablet" }).click();
      await expect(devices(page)).toHaveCount(0);
      await expect(title).toHaveCount(0);
    });
  });
}
