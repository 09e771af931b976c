import { goToAdmin, goToSection, openTab, region, saveSettings, tableRows } from "../support/console";
import { expect, test } from "../support/fixtures";
import { newPerson, register, registerFromHere } from "../support/people";
import { EARNED, getLink, referrals } from "../support/referrals";
import { SHOP_ITEM, buy } from "../support/shop";

// Has its own world because it changes a site's settings, and its own clock to let a hold end.
test.use({ worldName: "holds", ownClock: true });

const DAY_AND_MORE_S = 25 * 60 * 60;
const ON_HOLD = /On hold until [A-Z][a-z]{2} \d{1,2}/;

test("a credit is on hold, is issued when that ends, and is voided with the program", async ({
  page,
  visit,
  world,
}) => {
  const site = world.detroit;
  const admin = await visit();

  await test.step("an admin sets a hold of a day", async () => {
    await goToAdmin(admin, site, world.pat, "Site Settings");
    await openTab(admin, "Rewards");
    const terms = region(admin, "Tenant Referrals");
    await terms.getByLabel("Hold (days)").fill("a day");
    await terms.getByLabel("Least purchase that counts").fill("1000");
    await terms.getByRole("button", { name: "Save" }).click();
    await expect(terms.getByLabel("Hold (days)")).toHaveAccessibleDescription(/from 0 to 90\./);
    await expect(terms.getByLabel("Least purchase that counts")).toHaveValue("1000");
    await terms.getByLabel("Hold (days)").fill("1");
    await terms.getByRole("button", { name: "Save" }).click();
    await expect(admin.getByText("Terms saved.")).toBeVisible();
    await expect(terms.getByLabel("Hold (days)")).toHaveValue("1");
  });

  const referrer = await register(page, site, newPerson("Robin"));
  const link = await getLink(page, site);
  const balance = async () => await world.stripe.balanceTransactions(site, referrer.email);

  await test.step("what a friend's purchase earns is on hold", async () => {
    await expect(page.getByText("You get it a day after they pay.")).toBeVisible();
    const friend = await visit();
    await friend.goto(link);
    await registerFromHere(friend, newPerson("Jane", "Doe"));
    await buy(friend, SHOP_ITEM);
    await expect(async () => {
      await page.reload();
      await expect(referrals(page)).toContainText(ON_HOLD, { timeout: 500 });
    }).toPass({ timeout: 20_000 });
    await expect(referrals(page)).toContainText("Pending");
    await goToSection(admin, "Referrals");
    const row = tableRows(admin).filter({ hasText: "Robin" });
    await expect(row).toContainText(ON_HOLD);
    expect(await balance()).toEqual([]);
  });

  await test.step("it is issued once the hold has ended", async () => {
    // A day that passes at once cuts off what a page is listening to.
    await admin.goto("about:blank");
    await world.passTime(DAY_AND_MORE_S);
    await expect(page.getByRole("link", { name: EARNED })).toBeVisible({ timeout: 20_000 });
    await page.reload();
    await expect(referrals(page)).toContainText("Credited");
    expect(await balance()).toMatchObject([{ amount: -1000 }]);
  });

  await test.step("what is on hold is voided with the program, where that was asked for", async () => {
    const friend = await visit();
    await friend.goto(link);
    await registerFromHere(friend, newPerson("Omar", "Haddad"));
    await buy(friend, SHOP_ITEM);
    const second = referrals(page).filter({ hasText: "Omar H." });
    await expect(async () => {
      await page.reload();
      await expect(second).toContainText(ON_HOLD, { timeout: 500 });
    }).toPass({ timeout: 20_000 });

    // The admin's session ended in the meantime.
    await goToAdmin(admin, site, world.pat, "Site Settings");
    await admin.getByLabel("Tenant Referral Credit Amount").fill("0");
    await admin.getByRole("button", { name: "Save Settings" }).click();
    const step = region(admin, "Switch the program off?");
    await expect(step).toContainText("1 credit is on hold, $10.00.");
    await expect(step.getByRole("checkbox")).not.toBeChecked();
    await step.getByRole("checkbox").check();
    await step.getByRole("button", { name: "Switch it off" }).click();
    await expect(admin.getByText("1 credit on hold was voided.")).toBeVisible();
    await expect(admin.getByLabel("Tenant Referral Credit Amount")).toHaveValue("0");
    await goToSection(admin, "Referrals");
    const row = tableRows(admin).filter({ hasText: "Omar" }).filter({ hasText: "Robin" });
    await expect(row).toContainText("Voided when the program was switched off");
    expect(await balance()).toHaveLength(1);

    // With nothing on hold, nothing is asked.
    await goToSection(admin, "Site Settings");
    await admin.getByLabel("Tenant Referral Credit Amount").fill("1000");
    await saveSettings(admin);
    await admin.getByLabel("Tenant Referral Credit Amount").fill("0");
    await saveSettings(admin);
    await expect(region(admin, "Referral Program")).toBeVisible();
  });
});
