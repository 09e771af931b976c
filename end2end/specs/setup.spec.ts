import { expect, test } from "../support/fixtures";
import {
  addReferrer,
  goToSection,
  goToAdmin,
  openTab,
  platformReferrer,
  region,
  saveSettings,
} from "../support/console";
import { register } from "../support/people";
import { card as referralCard } from "../support/referrals";

// Has its own world because it changes a site's settings.
test.use({ worldName: "setup" });

/** The guide's "Setup (Admin)", line by line. */
test("Setup, steps 1 to 3", async ({ page, visit, world }) => {
  const member = await visit();
  await register(member, world.detroit);
  const program = region(page, "Referral Program");

  await test.step("1. Configure Tenant Referral Credit", async () => {
    const amount = program.getByLabel("Tenant Referral Credit Amount");
    await test.step("Go to Admin > Site Settings > Payments tab", async () => {
      await goToAdmin(page, world.detroit, world.pat, "Site Settings");
      await openTab(page, "Payments");
      await expect(page).toHaveURL(/\/admin\/settings\?tab=payments$/);
    });
    await test.step("Scroll to Referral Program section", async () => {
      await program.scrollIntoViewIfNeeded();
    });
    await test.step("Enter the amount in cents (e.g. 1000 = $10.00)", async () => {
      await amount.fill("2500");
      await expect(program.getByText("$25.00", { exact: true })).toBeVisible();
      await amount.fill("1000");
      await expect(program.getByText("$10.00", { exact: true })).toBeVisible();
    });
    await test.step("Click Save Settings", async () => {
      await saveSettings(page);
    });
    for (const nothing of ["0", ""]) {
      await test.step(`Setting this to ${nothing || "nothing"} disables the program`, async () => {
        await amount.fill(nothing);
        await expect(program.getByText(/Off: the .Refer a Friend. card is hidden/)).toBeVisible();
        await saveSettings(page);
        await member.goto(`${world.detroit.url}/dashboard`);
        await expect(referralCard(member)).toHaveCount(0);
        await amount.fill("1000");
        await saveSettings(page);
        await member.reload();
        await expect(referralCard(member)).toBeVisible();
      });
    }
  });

  await test.step("2. Configure Platform Referral Credit", async () => {
    const amount = program.getByLabel("Platform Referral Credit Amount");
    await amount.fill("7500");
    await expect(program.getByText("$75.00", { exact: true })).toBeVisible();
    await saveSettings(page);
    await page.reload();
    await expect(amount).toHaveValue("7500");
    await expect(program.getByLabel("Tenant Referral Credit Amount")).toHaveValue("1000");
  });

  await test.step("3. Create Platform Referrers", async () => {
    const email = "jordan@example.com";
    let link = "";
    await test.step("Go to Admin > Referrals", async () => {
      await goToSection(page, "Referrals");
      await expect(page).toHaveURL(/\/admin\/referrals$/);
    });
    await test.step("Click the Platform Referrals tab", async () => {
      await openTab(page, "Platform Referrals");
      await expect(page).toHaveURL(/\/admin\/referrals\?tab=platform$/);
    });
    await test.step("Enter a Name and Email, click Add Referrer", async () => {
      link = await addReferrer(page, "Jordan Reyes", email);
    });
    await test.step("A unique referral code is auto-generated", async () => {
      await expect(platformReferrer(page, email)).toContainText("Jordan Reyes");
      expect(link).toMatch(/\?ref=[2-9a-hjkmnp-z]{8}$/);
    });
    await test.step("Share the link https://yoursite.com/pricing?ref=THEIR_CODE", async () => {
      expect(link.startsWith(`${world.pewpros.url}/pricing?ref=`)).toBe(true);
      await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
      await platformReferrer(page, email).getByRole("button", { name: /Copy PewPros/ }).click();
      await expect(platformReferrer(page, email).getByText("Copied")).toBeVisible();
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(link);
    });
  });

  await test.step("Every change is in the audit log", async () => {
    await goToSection(page, "Site Settings");
    await openTab(page, "Audit log");
    const log = page.getByRole("table").getByRole("row");
    const amount = log.filter({ hasText: "Platform Referral Credit Amount" }).first();
    await expect(amount).toContainText("Pat Quinn");
    await expect(amount).toContainText("$75.00");
    await expect(log.filter({ hasText: "Jordan Reyes" }).first()).toBeVisible();
  });
});
