import type { Locator, Page } from "@playwright/test";

import {
  changeKeys,
  fact,
  goToAdmin,
  goToSection,
  openTab,
  region,
  saveSettings,
  toasts,
} from "../support/console";
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

test("a wrong amount is complained about once, until it is right", async ({ page, world }) => {
  await goToAdmin(page, world.detroit, world.pat, "Site Settings");
  const program = region(page, "Referral Program");
  const amount = program.getByLabel("Tenant Referral Credit Amount");
  const complaint = program.getByText("Enter whole cents, digits only: 1000 is $10.00.", { exact: true });
  const summary = program.getByText("Please check what you entered.");
  await amount.fill("$10");
  await expect(complaint).toHaveCount(1);
  await page.getByRole("button", { name: "Save Settings" }).click();
  await expect(summary).toBeVisible();
  await expect(complaint).toHaveCount(1);
  await amount.fill("1000");
  await expect(complaint).toHaveCount(0);
  await expect(summary).toBeHidden();
  await expect(amount).not.toHaveAttribute("aria-invalid");
});

test("an unusual amount is asked about once before it is saved", async ({ page, world }) => {
  await goToAdmin(page, world.detroit, world.pat, "Site Settings");
  const program = region(page, "Referral Program");
  const amount = program.getByLabel("Tenant Referral Credit Amount");
  const yes = program.getByRole("checkbox", { name: "Yes, $1,000.00 for each referral" });
  await amount.fill("100000");
  await page.getByRole("button", { name: "Save Settings" }).click();
  await expect(amount).toHaveAccessibleDescription(/It is \$10\.00 now\. To save it, tick the box below\./);
  await expect(yes).not.toBeChecked();
  // Another amount needs no answer.
  await amount.fill("1000");
  await expect(yes).toHaveCount(0);
  await expect(amount).not.toHaveAttribute("aria-invalid");
  await amount.fill("100000");
  await yes.check();
  await saveSettings(page);
  await expect(yes).toHaveCount(0);
  await page.reload();
  await expect(amount).toHaveValue("100000");
  await amount.fill("1000");
  await saveSettings(page);
});

test("the fields of the Payments tab are equally wide", async ({ page, world }) => {
  await goToAdmin(page, world.detroit, world.pat, "Site Settings");
  const stripe = region(page, /^Stripe$/);
  await changeKeys(stripe);
  const controls = 'input:not([type="hidden"], [type="checkbox"], [readonly]), select, textarea';
  for (const section of [region(page, "Referral Program"), stripe]) {
    const widths = await section
      .locator(controls)
      .filter({ visible: true })
      .evaluateAll((all) => all.map((one) => Math.round(one.getBoundingClientRect().width)));
    expect(widths.length).toBeGreaterThan(1);
    // 26rem
    expect(new Set(widths)).toEqual(new Set([416]));
  }
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
  await expect(fact(stripe, "Mode")).toHaveText("Test: no card is charged.");
  await expect(key).toBeHidden();
  await changeKeys(stripe);
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
  // What is saved is folded again, and the keyboard goes on from there.
  await expect(key).toBeHidden();
  await expect(stripe.getByText("Change keys", { exact: true })).toBeFocused();
  await changeKeys(stripe);
  await key.fill(world.coaching.stripe_secret_key);
  await save.click();
  await expect(stripe).toContainText(last4);
  await addAndRemoveSecret(page, stripe);
  await openTab(page, "Audit log");
  await expect(page.getByRole("row").filter({ hasText: "…_one" }).first()).toBeVisible();
  await goToSection(page, "Referrals");
});

/** Adds a signing secret, and takes it out of force again. */
async function addAndRemoveSecret(page: Page, stripe: Locator): Promise<void> {
  const removal = stripe.getByText("Remove a signing secret", { exact: true });
  await expect(removal).toBeHidden();
  await changeKeys(stripe);
  await stripe.getByLabel("Webhook signing secrets").fill("whsec_of_an_endpoint_that_rolls_on");
  await stripe.getByRole("button", { name: "Save keys" }).click();
  await removal.click();
  const choice = stripe.getByLabel("Signing secret", { exact: true });
  await stripe.getByRole("button", { name: "Remove the secret" }).click();
  await expect(stripe).toContainText("Choose the signing secret to remove.");
  await choice.selectOption({ label: "1 of 2, ending in s_on" });
  await stripe.getByRole("button", { name: "Remove the secret" }).click();
  await expect(toasts(page)).toContainText("The signing secret was removed.");
  await expect(removal).toBeHidden();
  await expect(fact(stripe, "Active webhook signing secrets")).toHaveText(/^1, ending in /);
}

test("who comes second with other keys sees who was first and what is connected now", async ({
  page,
  visit,
  world,
}) => {
  const { stripe, detroit } = world;
  const dana = await visit();
  await goToAdmin(page, detroit, world.pat, "Site Settings");
  await goToAdmin(dana, detroit, world.login(detroit, "tenant admin"), "Site Settings");
  const [first, second] = [region(dana, /^Stripe$/), region(page, /^Stripe$/)];
  const secret = "Secret key";
  await stripe.addKey(detroit, "sk_test_rolled_first");
  await stripe.addKey(detroit, "sk_test_rolled_second");
  await changeKeys(first);
  await first.getByLabel(secret, { exact: true }).fill("sk_test_rolled_first");
  await first.getByRole("button", { name: "Save keys" }).click();
  await expect(fact(first, secret)).toHaveText("Ending in irst");

  await changeKeys(second);
  const key = second.getByLabel(secret, { exact: true });
  await key.fill("sk_test_rolled_second");
  await second.getByRole("button", { name: "Save keys" }).click();
  await expect(second).toContainText(/Dana Cole changed the connection at/);
  await expect(second).toContainText("The test key ending in irst is connected now.");
  await expect(fact(second, secret)).toHaveText("Ending in irst");
  await expect(key).toHaveValue("sk_test_rolled_second");
  await second.getByRole("button", { name: "Save keys" }).click();
  await expect(fact(second, secret)).toHaveText("Ending in cond");
  await changeKeys(second);
  await key.fill(detroit.stripe_secret_key);
  await second.getByRole("button", { name: "Save keys" }).click();
  await expect(fact(second, secret)).toHaveText(`Ending in ${detroit.stripe_secret_key.slice(-4)}`);
});
