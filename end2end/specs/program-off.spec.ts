import { expect, test } from "../support/fixtures";
import { register, registerFromHere, newPerson } from "../support/people";
import { card, getLink, referrals } from "../support/referrals";
import { SHOP_ITEM, TICKET, buy } from "../support/shop";

// Has its own world because it changes a site's settings.
test.use({ worldName: "program-off" });

test("with an amount of 0 there is no card, and pending referrals earn nothing", async ({
  page,
  visit,
  world,
}) => {
  const site = world.detroit;
  const amount = async (cents: string) =>
    await world.runCommand("settings", "--site", site.key, "--tenant-credit", cents);
  const referrer = await register(page, site);
  const link = await getLink(page, site);
  const friendPage = await visit();
  await friendPage.goto(link);
  await registerFromHere(friendPage, newPerson("Jane", "Doe"));

  await amount("0");
  await page.reload();
  await expect(page.getByRole("region", { name: "Purchases" })).toBeVisible();
  await expect(card(page)).toHaveCount(0);
  await expect(page.getByText("Refer a Friend")).toHaveCount(0);
  const credit = page.getByRole("region", { name: "Your credit" });
  await expect(credit.getByRole("link", { name: "Credit history" })).toBeVisible();
  for (const [path, none] of [
    ["credits", "No credit yet"],
    ["notifications", "No notifications yet"],
  ] as const) {
    await page.goto(`${site.url}/${path}`);
    await expect(page.getByText(none)).toBeVisible();
    await expect(page.getByRole("link", { name: "Refer a Friend" })).toHaveCount(0);
  }
  await page.goto(`${site.url}/dashboard`);
  await buy(friendPage, SHOP_ITEM);
  // The other site has its own amount.
  await register(await visit(), world.coaching);

  await amount("2500");
  await page.reload();
  await expect(card(page).getByText("you earn $25.00")).toBeVisible();
  await expect(referrals(page)).toContainText("Pending");
  expect(await world.stripe.balanceTransactions(site, referrer.email)).toEqual([]);

  // "The credit amount is read at the time of purchase processing, not at registration."
  const other = await visit();
  await other.goto(link);
  await registerFromHere(other, newPerson("Omar", "Haddad"));
  await amount("1500");
  await buy(other, TICKET);
  const earned = "You earned a $15.00 credit from your referral";
  await expect(page.getByRole("link", { name: earned })).toBeVisible({ timeout: 20_000 });
  await expect(referrals(page).filter({ hasText: "Omar H." })).toContainText("Credited");
  await expect(referrals(page).filter({ hasText: "Jane D." })).toContainText("Pending");
  expect(await world.stripe.balanceTransactions(site, referrer.email)).toMatchObject([{ amount: -1500 }]);

  // A dashboard that was opened while the program was off follows as well.
  await amount("0");
  await page.reload();
  await expect(card(page)).toHaveCount(0);
  await expect(credit).toContainText("$15.00");
  await amount("1500");
  const third = await visit();
  await third.goto(link);
  await registerFromHere(third, newPerson("Kim", "Lee"));
  await buy(third, TICKET);
  const tile = page.locator(".tile").filter({ hasText: "Available credit" });
  await expect(tile).toContainText("$30.00", { timeout: 20_000 });
  await expect(card(page), "the program is on again").toContainText("$30.00", { timeout: 20_000 });
});
