import { devices } from "@playwright/test";

import { goToAdmin, goToSection, openTab, region, tableRows } from "../support/console";
import { expect, test } from "../support/fixtures";
import { newPerson, register, registerFromHere, signOut } from "../support/people";
import { getLink, referrals } from "../support/referrals";
import { SHOP_ITEM, buy } from "../support/shop";

// Has its own world because it changes a site's settings.
test.use({ worldName: "reviews" });

test("a suspicious credit waits until an admin has approved or denied it", async ({
  page,
  visit,
  world,
}) => {
  const site = world.detroit;
  const admin = await visit();

  await test.step("an admin turns reviews on", async () => {
    await goToAdmin(admin, site, world.pat, "Site Settings");
    await openTab(admin, "Rewards");
    const terms = region(admin, "Tenant Referrals");
    const review = terms.getByLabel("Review suspicious referrals");
    await expect(review).toHaveValue("");
    await review.selectOption("One or more signs");
    await terms.getByRole("button", { name: "Save" }).click();
    await expect(admin.getByText("Terms saved.")).toBeVisible();
    await expect(review).toHaveValue("one_sign");
  });

  const referrer = await register(page, site, newPerson("Robin"));
  const link = await getLink(page, site);
  const balance = async () => await world.stripe.balanceTransactions(site, referrer.email);

  await test.step("a friend in the referrer's own browser is reviewed", async () => {
    const phone = await visit();
    await register(phone, site, newPerson("Riley"));
    const theirs = await getLink(phone, site);
    await signOut(phone);
    await phone.goto(theirs);
    await registerFromHere(phone, newPerson("Jane", "Doe"));
    await buy(phone, SHOP_ITEM);
    await expect(async () => {
      await goToSection(admin, "Referrals");
      const row = tableRows(admin).filter({ hasText: "Jane" }).filter({ hasText: "Riley" });
      await expect(row).toContainText("Under review", { timeout: 500 });
    }).toPass({ timeout: 20_000 });
  });

  await test.step("the admin is told, reads what was seen, and denies it", async () => {
    await admin.goto(`${site.url}/admin/referrals`);
    await admin.getByRole("link", { name: /waits? for your review/ }).click();
    await expect(admin.getByRole("heading", { name: "Reviews" })).toBeVisible();
    await admin.getByRole("link", { name: /referred by Riley/ }).click();
    const form = region(admin, "Review this credit");
    await expect(form).toContainText("The friend and the referrer used the same browser.");
    await form.getByLabel("Deny").check();
    await form.getByRole("button", { name: "Save decision" }).click();
    await expect(form.getByLabel("Reason")).toHaveAccessibleDescription(/Say why/);
    // As typed: Enter decides what was chosen, and nothing else.
    await expect(form.getByLabel("Deny")).toBeChecked();
    await form.getByLabel("Reason").fill("One person with two accounts");
    await form.getByLabel("Reason").press("Enter");
    await expect(admin.getByText("The credit was denied, and the referral ended.")).toBeVisible();
    await expect(admin.getByText("Voided by an admin: One person with two accounts").first()).toBeVisible();
  });

  await test.step("a friend elsewhere is credited at once", async () => {
    // One network and one kind of browser would be a sign.
    const friend = await visit({ userAgent: devices["iPhone 15"].userAgent });
    await friend.goto(link);
    await registerFromHere(friend, newPerson("Omar", "Haddad"));
    await buy(friend, SHOP_ITEM);
    await expect(async () => {
      await page.reload();
      await expect(referrals(page)).toContainText("Credited", { timeout: 500 });
    }).toPass({ timeout: 20_000 });
    expect(await balance()).toMatchObject([{ amount: -1000 }]);
  });
});
