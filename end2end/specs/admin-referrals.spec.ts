import {
  card,
  expectCards,
  goToAdmin,
  goToSection,
  openAddReferrer,
  openTab,
  referrerRows,
  tableRows,
} from "../support/console";
import { expect, test } from "../support/fixtures";
import { signIn } from "../support/people";

// Has its own world because it checks the numbers of the demo.
test.use({ worldName: "admin-referrals" });

/** The guide's "Admin Dashboard" and "Referral Statuses", line by line. */
test("Viewing Referral Activity: the Tenant Referrals tab", async ({ page, world }) => {
  await goToAdmin(page, world.detroit, world.login(world.detroit, "tenant admin"), "Referrals");
  await expect(page).toHaveURL(`${world.detroit.url}/admin/referrals`);

  await test.step("Stats cards: Total, Pending, Credited, Total Credits ($)", async () => {
    await expectCards(page, ["4", "1", "2", "$20.00"]);
  });
  await test.step("Table with Referrer, Referred user, Status, Credit amount, …", async () => {
    const head = page.getByRole("table").getByRole("columnheader");
    for (const name of [
      "Referrer",
      "Referred user",
      "Status",
      "Credit amount",
      "Purchase type",
      "Date",
    ]) {
      await expect(head.filter({ hasText: name }).first()).toBeVisible();
    }
    await expect(tableRows(page)).toHaveCount(4);
    const jane = tableRows(page).filter({ hasText: "Jane Doe" });
    for (const text of ["Mia Stone", "Credited", "$10.00", "Event ticket"]) {
      await expect(jane).toContainText(text);
    }
  });
  await test.step("Statuses: Pending, Credited, Failed with its reason", async () => {
    await expect(tableRows(page).filter({ hasText: "Sam Lee" })).toContainText("Pending");
    const omar = tableRows(page).filter({ hasText: "Omar Haddad" });
    await expect(omar).toContainText("Failed");
    await expect(omar).toContainText("Stripe could not be reached");
  });

  const marked = async () =>
    await page.evaluate(() => ((window as { stays?: boolean }).stays ??= true));
  await marked();
  await test.step("Filterable: by status, in the address, without a reload", async () => {
    await page.getByLabel("Status").selectOption("Credited");
    await expect(tableRows(page)).toHaveCount(2);
    await expect(page).toHaveURL(/\?status=credited$/);
    await expectCards(page, ["2", "0", "2", "$20.00"]);
    await page.getByLabel("Status").selectOption("All statuses");
    await expect(tableRows(page)).toHaveCount(4);
  });
  await test.step("by purchase type", async () => {
    await page.getByLabel("Purchase type").selectOption("Course");
    await expect(tableRows(page)).toHaveCount(0);
    await expect(page.getByText(/Nothing matches|No referrals match/)).toBeVisible();
    await page.getByRole("link", { name: "Clear filters" }).first().click();
    await expect(tableRows(page)).toHaveCount(4);
  });
  await test.step("by text: prefixes of names and emails", async () => {
    await page.getByLabel("Search").fill("priya na");
    await expect(tableRows(page)).toHaveCount(1);
    await expectCards(page, ["1", "0", "1", "$10.00"]);
    await page.getByLabel("Search").fill("mia@");
    await expect(tableRows(page)).toHaveCount(4);
    await page.getByLabel("Search").fill("");
  });
  await test.step("by date", async () => {
    await page.getByLabel("To", { exact: true }).fill("2001-01-01");
    await expect(tableRows(page)).toHaveCount(0);
    await expectCards(page, ["0", "0", "0", "$0.00"]);
    await page.getByLabel("To", { exact: true }).fill("");
    await expect(tableRows(page)).toHaveCount(4);
  });
  await test.step("sorted by date and by credit", async () => {
    await expect(tableRows(page).first()).toContainText("Sam Lee");
    await page.getByRole("columnheader", { name: "Date" }).locator("a, button").click();
    await expect(tableRows(page).first()).toContainText("Jane Doe");
    await expect(page.getByRole("columnheader", { name: "Date" })).toHaveAttribute(
      "aria-sort",
      "ascending",
    );
  });
  await test.step("going back restores the previous filter", async () => {
    await page.getByLabel("Status").selectOption("Pending");
    await expect(tableRows(page)).toHaveCount(1);
    await page.goBack();
    await expect(tableRows(page)).toHaveCount(4);
    await expect(page.getByLabel("Status")).toHaveValue("");
  });
  expect(await page.evaluate(() => (window as { stays?: boolean }).stays)).toBe(true);

  await test.step("a URL with a filter opens filtered", async () => {
    await page.goto(`${world.detroit.url}/admin/referrals?status=failed&q=omar`);
    await expect(tableRows(page)).toHaveCount(1);
    await expect(page.getByLabel("Status")).toHaveValue("failed");
    await expect(page.getByLabel("Search")).toHaveValue("omar");
  });
  await test.step("invalid filters in the URL are ignored with a message", async () => {
    await page.goto(
      `${world.detroit.url}/admin/referrals?status=lost&type=%00&from=2026-02-30&sort=x&after=1`,
    );
    await expect(tableRows(page)).toHaveCount(4);
    await expect(page.getByText(/There is no status .lost./)).toBeVisible();
  });
  await test.step("a tenant admin sees nothing of the platform program", async () => {
    await expect(page.getByRole("link", { name: "Platform Referrals" })).toHaveCount(0);
    await page.goto(`${world.detroit.url}/admin/referrals?tab=platform`);
    await expect(page.getByText("Platform Referrers")).toHaveCount(0);
    await goToSection(page, "Site Settings");
    await expect(page.getByLabel("Platform Referral Credit Amount")).toHaveCount(0);
  });
});

test("Viewing Referral Activity: the Platform Referrals tab", async ({ page, world }) => {
  await signIn(page, world.detroit, world.pat);
  await page.goto(`${world.detroit.url}/admin/referrals`);
  await openTab(page, "Platform Referrals");
  await test.step("Stats cards for platform referrals", async () => {
    for (const name of ["Total", "Pending", "Credited", "Total Credits ($)"]) {
      await expect(card(page, name)).toBeVisible();
    }
    await expect(card(page, "Total")).not.toHaveText("0");
  });
  await test.step("Platform referrers list with their codes", async () => {
    await expect(referrerRows(page).first().locator("code")).toHaveText(/^[2-9a-hjkmnp-z]{8}$/);
  });
  await test.step("Add new platform referrers form", async () => {
    const dialog = await openAddReferrer(page);
    await expect(dialog.getByLabel("Name")).toBeVisible();
    await expect(dialog.getByLabel("Email")).toBeVisible();
    await expect(dialog.getByRole("button", { name: "Add Referrer" })).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(dialog).toBeHidden();
  });
  await test.step("Table with Referrer, Customer email, Plan, Status, Credit, Date", async () => {
    const head = page.locator("#referrals-table").getByRole("columnheader");
    for (const name of ["Referrer", "Customer email", "Plan", "Status", "Credit", "Date"]) {
      await expect(head.filter({ hasText: name }).first()).toBeVisible();
    }
    for (const status of ["Credited", "Pending", "Failed"]) {
      await expect(tableRows(page).filter({ hasText: status }).first()).toBeVisible();
    }
  });
  await test.step("filtered by plan", async () => {
    await page.getByLabel("Plan").selectOption("Annual");
    await expect(page).toHaveURL(/plan=annual/);
    await expect(tableRows(page).filter({ hasText: "Monthly" })).toHaveCount(0);
    await expect(tableRows(page).filter({ hasText: "Annual" }).first()).toBeVisible();
  });
});
