import type { Page } from "@playwright/test";

import { expect, test } from "../support/fixtures";
import { newPerson, register, signIn } from "../support/people";
import { MEMBERSHIP, browseTo, buy, checkAgainUntil, waitForUpdate } from "../support/shop";

/** Reloads until the panel of the memberships says this: it is read once Stripe's event came. */
async function reloadUntil(page: Page, text: string | RegExp): Promise<void> {
  const panel = page.getByRole("region", { name: "Memberships" });
  await expect(async () => {
    await page.reload();
    await expect(panel).toContainText(text, { timeout: 1000 });
  }).toPass({ timeout: 30_000 });
}

/** A membership is looked at, canceled at Stripe, and looked for in the console. */
for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });
    const waitUntil = javaScriptEnabled ? waitForUpdate : checkAgainUntil;

    test("a member cancels a membership on Stripe's page", async ({ page, visit, world }) => {
      const { url } = world.detroit;
      const member = newPerson("Robin", "Lane");
      await register(page, world.detroit, member);
      await test.step("the product says that it can be canceled", async () => {
        await browseTo(page, MEMBERSHIP);
        await expect(page.getByRole("main")).toContainText("Cancel whenever you like");
      });
      await buy(page, MEMBERSHIP, waitUntil);
      await test.step("Stripe's page cancels it at the end of what is paid", async () => {
        await page.goto(`${url}/dashboard`);
        await page.getByRole("button", { name: /^Manage membership/ }).click();
        await expect(page.getByRole("heading", { level: 1, name: "Detroit Arms" })).toBeVisible();
        await page.getByRole("button", { name: "Cancel subscription" }).click();
        await expect(page.getByText(/Ends on \d{4}-\d{2}-\d{2}/)).toBeVisible();
        await page.getByRole("link", { name: "Return" }).click();
        await reloadUntil(page, "Ends on ");
      });
      await test.step("an admin finds it among those that end", async () => {
        const admin = await visit({ javaScriptEnabled });
        await signIn(admin, world.detroit, world.pat);
        await admin.goto(`${url}/admin/orders`);
        await admin.getByRole("main").getByRole("link", { name: "Memberships and their next payments" }).click();
        await admin.getByLabel("State").selectOption({ label: "Set to end" });
        await admin.getByRole("button", { name: "Apply" }).click();
        const row = admin.getByRole("row").filter({ hasText: "Robin Lane" });
        await expect(row.first()).toContainText(MEMBERSHIP.name);
      });
    });
  });
}
