import { randomUUID } from "node:crypto";

import { addReferrer, goToAdmin, openTab, platformReferrer, region, tableRows } from "../support/console";
import { expect, test } from "../support/fixtures";
import { newPerson, register, registerFromHere } from "../support/people";
import { getLink } from "../support/referrals";

test("an admin's open table hears of a new referral", async ({ page, visit, world }) => {
  await goToAdmin(page, world.detroit, world.login(world.detroit, "tenant admin"), "Referrals");
  const referrer = await visit();
  await register(referrer, world.detroit, newPerson("Robin", "Hart"));
  const link = await getLink(referrer, world.detroit);
  const friend = await visit();
  await friend.goto(link);
  await registerFromHere(friend, newPerson("Noor", "Said"));
  await expect(tableRows(page).filter({ hasText: "Noor Said" })).toContainText("Pending");
});

test("an admin chooses the Stripe customer of a platform referrer", async ({ page, world }) => {
  const email = `referrer-${randomUUID().slice(0, 8)}@example.com`;
  await goToAdmin(page, world.detroit, world.pat, "Referrals");
  await openTab(page, "Platform Referrals");
  await addReferrer(page, "Jordan Reyes", email);
  const older = await world.stripe.createCustomer(world.pewpros, email.toUpperCase(), "J. Reyes");
  await world.stripe.passTime(60);
  const customer = region(page, "Stripe customer");

  await test.step("One was made when the referrer was added", async () => {
    await platformReferrer(page, email).getByRole("link", { name: "Jordan Reyes" }).click();
    await expect(async () => {
      await page.reload();
      await expect(customer).toContainText("It was made for this referrer.", { timeout: 500 });
    }).toPass({ timeout: 20_000 });
    await expect(customer).toContainText(email);
  });
  await test.step("Another one with the address can be used", async () => {
    const choice = region(page, "Use another customer");
    await choice.getByRole("radio", { name: older }).check();
    await choice.getByRole("button", { name: "Use this customer" }).click();
    await expect(page.getByText("Later credits of Jordan Reyes go to this customer.")).toBeVisible();
    await expect(customer).toContainText(older);
    await expect(customer).toContainText("An admin chose it for this referrer.");
  });
});
