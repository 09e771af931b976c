import { goToSection, goToAdmin, openTab, region, toasts, saveSettings } from "../support/console";
import { expect, test } from "../support/fixtures";

// Has its own world because it changes a site's settings.
test.use({ worldName: "admin-settings" });

test("invalid amounts show an error at their field and keep what was typed", async ({
  page,
  world,
}) => {
  await goToAdmin(page, world.detroit, world.pat, "Site Settings");
  const program = region(page, "Referral Program");
  const amount = program.getByLabel("Tenant Referral Credit Amount");
  const other = program.getByLabel("Platform Referral Credit Amount");
  for (const [typed, words] of [
    ["-1", "The amount cannot be less than 0."],
    ["1.5", "Enter whole cents, digits only"],
    ["1e3", "Enter whole cents, digits only"],
    ["ten", "Enter whole cents, digits only"],
    ["$10", "Enter whole cents, digits only"],
    ["9223372036854775808", "The maximum is 99999999"],
  ] as const) {
    await amount.fill(typed);
    await other.fill("4200");
    // The message is shown while typing, before anything is sent.
    await expect(program.getByText(words).first()).toBeVisible();
    await page.getByRole("button", { name: "Save Settings" }).click();
    await expect(amount).toHaveAttribute("aria-invalid", "true");
    await expect(amount).toHaveAccessibleDescription(new RegExp(words.slice(0, 20)));
    await expect(amount).toHaveValue(typed);
    await expect(other).toHaveValue("4200");
  }
  await page.reload();
  await expect(amount).toHaveValue("1000");
  await expect(other).toHaveValue("5000");
});

test("two admins at once: the second gets a warning instead of overwriting", async ({
  page,
  visit,
  world,
}) => {
  const dana = await visit();
  await goToAdmin(page, world.detroit, world.pat, "Site Settings");
  const danas = world.login(world.detroit, "tenant admin");
  await goToAdmin(dana, world.detroit, danas, "Site Settings");
  const amount = "Tenant Referral Credit Amount";
  await dana.getByLabel(amount).fill("1700");
  await saveSettings(dana);
  await page.getByLabel(amount).fill("1900");
  await page.getByRole("button", { name: "Save Settings" }).click();
  await expect(page.getByText(/Dana Cole saved/)).toBeVisible();
  await expect(page.getByLabel(amount)).toHaveValue("1900");
  await dana.reload();
  await expect(dana.getByLabel(amount)).toHaveValue("1700");
  // After the warning the second admin may save.
  await saveSettings(page);
  await page.getByLabel(amount).fill("1000");
  await saveSettings(page);
});

test("Stripe keys are checked, tested and never shown again", async ({ page, world }) => {
  const login = world.login(world.coaching, "tenant admin");
  await goToAdmin(page, world.coaching, login, "Site Settings");
  const stripe = region(page, "Stripe");
  const last4 = world.coaching.stripe_secret_key.slice(-4);
  await expect(stripe).toContainText(last4);
  await expect(stripe.getByText("Test", { exact: true }).first()).toBeVisible();
  await expect(stripe.getByLabel(/Webhook address/)).toHaveValue(/\/webhooks\/stripe\/\w+$/);
  await stripe.getByRole("button", { name: "Test connection" }).click();
  await expect(page.getByText(/Stripe answered/)).toBeVisible();

  const key = stripe.getByLabel("Secret key", { exact: true });
  const save = stripe.getByRole("button", { name: "Save keys" });
  for (const [typed, words] of [
    ["pk_test_1234567890", "This is the publishable key"],
    ["sk_live_1234567890", "Payments are simulated here: use a test key."],
  ] as const) {
    await key.fill(typed);
    await save.click();
    await expect(key).toHaveAccessibleDescription(new RegExp(words));
  }
  expect(await page.content()).not.toContain(world.coaching.stripe_secret_key);
  // The key of another account is refused even if the admin claims that it is the same account.
  await key.fill("sk_test_of_somebody_else");
  const same = stripe.getByLabel(/same account/);
  await same.check();
  await save.click();
  await expect(same).toHaveAccessibleDescription(/belongs to another account/);
  // A rolled key is recognized without that claim.
  await world.stripe.addKey(world.coaching, "sk_test_rolled_one");
  await key.fill("sk_test_rolled_one");
  await same.uncheck();
  await save.click();
  await expect(toasts(page)).not.toBeEmpty();
  await expect(stripe).toContainText("_one");
  await key.fill(world.coaching.stripe_secret_key);
  await save.click();
  await expect(stripe).toContainText(last4);
  await openTab(page, "Audit log");
  await expect(page.getByRole("row").filter({ hasText: "…_one" }).first()).toBeVisible();
  await goToSection(page, "Referrals");
});
