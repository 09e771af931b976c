import { expectCards, goToSection, goToAdmin, tableRows, openTab } from "../support/console";
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
  await omar.getByRole("button", { name: /^Retry/ }).click();
  await expect(omar).toContainText("Credited", { timeout: 20_000 });
  await expectCards(page, ["4", "1", "3", "$30.00"]);
  await expect(referralCard(mia)).toContainText("$30.00", { timeout: 20_000 });
  expect(await world.stripe.balanceTransactions(world.detroit, "mia@example.com")).toHaveLength(
    before.length + 1,
  );
  await omar.getByRole("link", { name: "Omar Haddad" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Omar Haddad");
  await expect(page.getByText(/cbtxn_/)).toBeVisible();
  await goToSection(page, "Site Settings");
  await openTab(page, "Audit log");
  const traces = page.getByRole("row").filter({ hasText: "Omar Haddad" });
  await expect(traces.filter({ hasText: "Status" })).toContainText("Failed");
  await expect(traces.filter({ hasText: "Attempts" })).toBeVisible();
});
