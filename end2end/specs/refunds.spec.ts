import type { Page } from "@playwright/test";

import { region, toasts } from "../support/console";
import { expect, test } from "../support/fixtures";
import { newPerson, register, registerFromHere, signIn } from "../support/people";
import { getLink, referrals } from "../support/referrals";
import { TICKET, browseTo, checkAgainUntil, expectBought, goToCheckout, waitForUpdate } from "../support/shop";
import type { World } from "../support/world";

/** Opens a member in the console. */
async function openMember(admin: Page, world: World, email: string, name: string): Promise<void> {
  await admin.goto(`${world.detroit.url}/admin/members?q=${email}`);
  await admin.getByRole("main").getByRole("link", { name }).click();
  await expect(admin.getByRole("heading", { level: 1, name })).toBeVisible();
}

/** Reloads until the page shows the text: a job has done its part. */
async function reloadUntil(page: Page, text: string | RegExp): Promise<void> {
  await expect(async () => {
    await page.reload();
    await expect(page.getByRole("main").getByText(text).first()).toBeVisible({ timeout: 1000 });
  }).toPass({ timeout: 30_000 });
}

/** Credit by hand, a refund and a voided referral, with JavaScript and without. */
for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });
    const waitUntil = javaScriptEnabled ? waitForUpdate : checkAgainUntil;

    test("what was paid by card and with credit goes back, and what it earned is taken back", async ({
      page,
      visit,
      world,
    }) => {
      test.slow();
      const { url } = world.detroit;
      const referrer = await register(page, world.detroit, newPerson("Robin", "Lane"));
      const link = await getLink(page, world.detroit);
      const friend = newPerson("Jane", "Doe");
      const friendPage = await visit({ javaScriptEnabled });
      await friendPage.goto(link);
      await registerFromHere(friendPage, friend);
      const admin = await visit({ javaScriptEnabled });
      await signIn(admin, world.detroit, world.pat);

      await test.step("an owner gives the friend a credit, and says twice that it is meant", async () => {
        await openMember(admin, world, friend.email, "Jane Doe");
        await admin.getByRole("main").getByRole("link", { name: "Give or take" }).click();
        const give = region(admin, "Give a credit");
        await give.getByLabel("Amount (cents)").fill("50001");
        await give.getByLabel("Reason").fill("For the long wait");
        await give.getByRole("button", { name: "Continue" }).click();
        await expect(give.getByLabel("Amount (cents)")).toHaveAccessibleDescription(/at most \$500\.00 at once\.$/);
        await expect(give.getByLabel("Reason")).toHaveValue("For the long wait");
        await give.getByLabel("Amount (cents)").fill("2000");
        await give.getByRole("button", { name: "Continue" }).click();
        await expect(admin.getByRole("heading", { name: "Give $20.00 to Jane Doe?" })).toBeVisible();
        await admin.getByRole("button", { name: "Give $20.00" }).click();
        await expect(toasts(admin)).toContainText("$20.00 was given to Jane Doe.");
        expect(await world.stripe.balance(world.detroit, friend.email)).toBe(-2000);
        await friendPage.goto(`${url}/credits`);
        await expect(friendPage.getByText("Given by Detroit Arms: For the long wait")).toBeVisible();
      });
      await test.step("the friend pays with it and by card, and the referrer earns", async () => {
        await browseTo(friendPage, TICKET);
        const box = friendPage.getByRole("checkbox", { name: "Use $20.00 of my credit and pay $15.00" });
        await expect(box).toBeChecked();
        await goToCheckout(friendPage, TICKET);
        await friendPage.getByRole("button", { name: "Pay", exact: true }).click();
        await expectBought(friendPage, TICKET, waitUntil);
        await page.goto(`${url}/dashboard`);
        await reloadUntil(page, "Credited");
        expect(await world.stripe.balance(world.detroit, referrer.email)).toBe(-1000);
      });
      await test.step("an admin refunds no more than was paid, and then all of it", async () => {
        await admin.goto(`${url}/admin/orders?q=${friend.email}`);
        await admin.getByRole("link", { name: /^Refund order #/ }).click();
        const refund = region(admin, "Refund");
        await expect(refund.getByLabel("Amount (cents)")).toHaveValue("3500");
        await refund.getByLabel("Amount (cents)").fill("3501");
        await refund.getByLabel("Reason").fill("The event was canceled");
        await refund.getByRole("button", { name: "Refund" }).click();
        await expect(refund.getByLabel("Amount (cents)")).toHaveValue("3501");
        await expect(refund.getByLabel("Amount (cents)")).toHaveAttribute("aria-invalid", "true");
        await expect(refund.getByLabel("Reason")).toHaveValue("The event was canceled");
        await refund.getByLabel("Amount (cents)").fill("3500");
        await refund.getByRole("button", { name: "Refund" }).click();
        const order = admin.getByRole("table", { name: "Orders" }).getByRole("row").nth(1);
        await expect(order).toContainText("Jane Doe");
        await reloadUntil(admin, "Refunded");
        await expect
          .poll(async () => await world.stripe.balance(world.detroit, friend.email))
          .toBe(-2000);
        await expect
          .poll(async () => await world.stripe.balance(world.detroit, referrer.email), { timeout: 30_000 })
          .toBe(0);
      });
      await test.step("both read what became of it", async () => {
        await friendPage.goto(`${url}/dashboard`);
        await expect(region(friendPage, "Purchases")).toContainText("Refunded");
        await friendPage.getByRole("link", { name: TICKET.name, exact: true }).click();
        await expect(
          friendPage.getByRole("heading", { level: 1, name: `${TICKET.name} was refunded` }),
        ).toBeVisible();
        await expect(friendPage.getByText("$15.00 went back to your card, and $20.00 to your credit.")).toBeVisible();
        await friendPage.goto(`${url}/credits`);
        await expect(friendPage.getByText(`Returned: ${TICKET.name} was refunded`)).toBeVisible();
        await page.goto(`${url}/dashboard`);
        await expect(referrals(page)).toContainText("Credited");
        await expect(referrals(page)).toContainText("$10.00 taken back");
      });
      await test.step("credit that was given is taken again", async () => {
        await openMember(admin, world, friend.email, "Jane Doe");
        await admin.getByRole("main").getByRole("link", { name: "Give or take" }).click();
        const take = region(admin, "Take credit back");
        await take.getByLabel("Amount (cents)").fill("500");
        await take.getByLabel("Reason").fill("Given twice");
        await take.getByRole("button", { name: "Continue" }).click();
        await admin.getByRole("button", { name: "Take $5.00" }).click();
        await expect(toasts(admin)).toContainText("$5.00 was taken from Jane Doe.");
        expect(await world.stripe.balance(world.detroit, friend.email)).toBe(-1500);
      });
    });

    test("an admin voids a referral that has earned nothing yet", async ({ page, visit, world }) => {
      const referrer = await register(page, world.detroit, newPerson("Robin", "Lane"));
      const link = await getLink(page, world.detroit);
      const friendPage = await visit({ javaScriptEnabled });
      await friendPage.goto(link);
      await registerFromHere(friendPage, newPerson("Noah", "Reed"));
      const admin = await visit({ javaScriptEnabled });
      await signIn(admin, world.detroit, world.pat);
      await openMember(admin, world, referrer.email, "Robin Lane");
      await region(admin, "Referrals").getByRole("link", { name: "Noah Reed" }).click();
      await admin.getByRole("link", { name: "Void this referral" }).click();
      const panel = region(admin, "Void this referral");
      await panel.getByRole("button", { name: "Void this referral" }).click();
      await expect(panel.getByLabel("Reason")).toHaveAccessibleDescription(/Say why\.$/);
      await panel.getByLabel("Reason").fill("Two accounts of one person");
      await panel.getByRole("button", { name: "Void this referral" }).click();
      await expect(toasts(admin)).toContainText("The referral was voided.");
      await expect(admin.getByRole("main")).toContainText("Voided by an admin: Two accounts of one person");
      await expect(admin.getByRole("link", { name: "Void this referral" })).toHaveCount(0);
      await page.goto(`${world.detroit.url}/dashboard`);
      await expect(referrals(page)).toContainText("Failed");
      await expect(referrals(page)).toContainText("Detroit Arms ended this referral");
    });
  });
}
