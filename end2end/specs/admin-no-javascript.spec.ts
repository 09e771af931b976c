import {
  addReferrer,
  changeKeys,
  goToAdmin,
  openSale,
  openTab,
  platformReferrer,
  region,
  tableRows,
  toasts,
} from "../support/console";
import { expect, test } from "../support/fixtures";

// Has its own world because it changes settings.
test.use({ javaScriptEnabled: false, worldName: "admin-no-javascript" });

test("the console without JavaScript", async ({ page, world }) => {
  await test.step("settings are saved; refused values stay in the form", async () => {
    await goToAdmin(page, world.detroit, world.pat, "Site Settings");
    const amount = page.getByLabel("Tenant Referral Credit Amount");
    await amount.fill("$10");
    await page.getByRole("button", { name: "Save Settings" }).click();
    await expect(amount).toHaveAccessibleDescription(/Enter whole cents/);
    await expect(amount).toHaveValue("$10");
    await amount.fill("1500");
    await page.getByRole("button", { name: "Save Settings" }).click();
    await expect(toasts(page)).toContainText("Settings saved.");
    await expect(amount).toHaveValue("1500");
  });
  await test.step("an unusual amount is asked about once", async () => {
    const amount = page.getByLabel("Tenant Referral Credit Amount");
    await amount.fill("99999999");
    await page.getByRole("button", { name: "Save Settings" }).click();
    await expect(amount).toHaveAccessibleDescription(/Is \$999,999\.99 for each referral right\?/);
    await page.getByRole("checkbox", { name: "Yes, $999,999.99 for each referral" }).check();
    await page.getByRole("button", { name: "Save Settings" }).click();
    await expect(toasts(page)).toContainText("Settings saved.");
    await expect(amount).toHaveValue("99999999");
    await amount.fill("1500");
    await page.getByRole("button", { name: "Save Settings" }).click();
    await expect(amount).toHaveValue("1500");
  });
  await test.step("the keys unfold, and stay so while one of them is complained about", async () => {
    const stripe = region(page, /^Stripe$/);
    const key = stripe.getByLabel("Secret key", { exact: true });
    await expect(key).toBeHidden();
    await changeKeys(stripe);
    await key.fill("pk_test_1234567890");
    await stripe.getByRole("button", { name: "Save keys" }).click();
    await expect(key).toHaveAccessibleDescription(/This is the publishable key/);
    await expect(key).toHaveValue("");
  });
  await test.step("a platform referrer is added and disabled", async () => {
    await page.goto(`${world.detroit.url}/admin/referrals?tab=platform`);
    const link = await addReferrer(page, "Jordan Reyes", "jordan@example.com");
    expect(link).toContain("/pricing?ref=");
    await platformReferrer(page, "jordan@example.com").getByRole("button", { name: /Disable/ }).click();
    await expect(platformReferrer(page, "jordan@example.com")).toContainText("Disabled");
  });
  await test.step("the table is filtered, and a failed credit is retried", async () => {
    await openTab(page, "Tenant Referrals");
    await page.getByLabel("Status").selectOption("Failed");
    await page.getByRole("button", { name: "Apply" }).click();
    await expect(tableRows(page)).toHaveCount(1);
    await tableRows(page).getByRole("checkbox").check();
    await page.getByRole("button", { name: /Retry selected/ }).click();
    await expect(toasts(page)).toContainText("1 credit is being retried: Omar Haddad.");
    await expect(async () => {
      await page.reload();
      await expect(page.getByText("1 of 1 credited.")).toBeVisible({ timeout: 500 });
    }).toPass({ timeout: 20_000 });
    await expect(page.getByText("No failed credits.")).toBeVisible();
    await expect(async () => {
      await page.goto(`${world.detroit.url}/admin/referrals?q=omar`);
      await expect(tableRows(page)).toContainText("Credited", { timeout: 500 });
    }).toPass({ timeout: 20_000 });
  });
  await test.step("a member is found, and a counter sale recorded", async () => {
    await page.goto(`${world.detroit.url}/admin/members?q=sam`);
    await page.getByRole("main").getByRole("link", { name: "Sam Lee" }).click();
    await openSale(page);
    await page.getByLabel("Product").selectOption({ label: "Paper Targets · $12.00" });
    await page.getByRole("button", { name: "Record sale" }).click();
    await expect(toasts(page)).toContainText("The sale was recorded.");
    await expect(page.getByRole("region", { name: "Purchases" })).toContainText("Paper Targets");
  });
});
