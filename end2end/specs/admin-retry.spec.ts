import { expectCards, goToSection, goToAdmin, tableRows, openTab, toasts } from "../support/console";
import { expect, test } from "../support/fixtures";
import { signIn } from "../support/people";
import { card as referralCard } from "../support/referrals";

// Has its own world because it changes the numbers of the demo.
test.use({ worldName: "admin-retry" });

test("a failed credit is retried once and becomes Credited", async ({ page, visit, world }) => {
  const mia = await visit();
  await signIn(mia, world.detroit, world.login(world.detroit));
  await goToAdmin(page, world.detroit, world.login(world.detroit, "tenant admin"), "Referrals");
  const omar = tableRows(page).filter({ hasText: "Omar Haddad" });
  const before = await world.stripe.balanceTransactions(world.detroit, "mia@example.com");
  await page.getByLabel("Status").selectOption("Failed");
  await expect(tableRows(page)).toHaveCount(1);
  await expect(page.getByRole("button", { name: "Retry selected" })).toBeHidden();
  await omar.getByRole("checkbox").check();
  await expect(page.getByRole("button", { name: "Retry selected (1)" })).toBeVisible();
  await omar.getByRole("checkbox").uncheck();
  await omar.getByRole("button", { name: /^Retry/ }).click();
  await test.step("the row leaves the table, and a toast says how it ended", async () => {
    await expect(toasts(page)).toContainText("1 of 1 credited.", { timeout: 20_000 });
    await expect(page.getByText("No failed credits.")).toBeVisible();
    await page.getByLabel("Status").selectOption("All statuses");
  });
  await expect(omar).toContainText("Credited", { timeout: 20_000 });
  await expectCards(page, ["4", "1", "3", "$30.00"]);
  await expect(referralCard(mia)).toContainText("$30.00", { timeout: 20_000 });
  expect(await world.stripe.balanceTransactions(world.detroit, "mia@example.com")).toHaveLength(
    before.length + 1,
  );
  await expect(page.getByText("4 referrals", { exact: true }).last()).toBeVisible();
  // The whole row leads to the story: the link covers the other cells.
  await omar.getByRole("cell", { name: "$10.00" }).click({ force: true });
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Omar Haddad");
  const details = page.getByRole("region", { name: "Details" });
  await expect(details.getByRole("link", { name: /cbtxn_/ })).toHaveAttribute(
    "href",
    /^https:\/\/dashboard\.stripe\.com\/test\/customers\/cus_/,
  );
  await expect(page.getByRole("listitem").filter({ hasText: "Retried" })).toContainText(
    "It had failed: Stripe could not be reached",
  );
  await goToSection(page, "Site Settings");
  await openTab(page, "Audit log");
  const traces = page.getByRole("row").filter({ hasText: "Omar Haddad" });
  await expect(traces.filter({ hasText: "Status" })).toContainText("Failed");
  await expect(traces.filter({ hasText: "Attempts" })).toBeVisible();
});
