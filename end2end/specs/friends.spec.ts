import type { Page } from "@playwright/test";

import { expect, test } from "../support/fixtures";
import { newPerson, register, registerFromHere, waitForIslands } from "../support/people";
import { getLink } from "../support/referrals";
import { TICKET, buy } from "../support/shop";

/** The friends on the page with all of them. */
function friends(page: Page) {
  return page.getByRole("list", { name: "Your friends" }).locator(":scope > li");
}

/** The total with this label. */
function total(page: Page, label: string) {
  return page.locator(".friend-totals > div").filter({ hasText: label }).locator("dd");
}

test("the page with all friends follows what happens", async ({ page, visit, world }) => {
  const site = world.detroit;
  await register(page, site, newPerson("Robin", "Hart"));
  const link = await getLink(page, site);
  await page.goto(`${site.url}/referrals`);
  await expect(page.getByText("No friends yet")).toBeVisible();
  await waitForIslands(page);

  const jane = await visit();
  await test.step("the first friend takes the place of the empty list", async () => {
    await jane.goto(link);
    await registerFromHere(jane, newPerson("Jane", "Doe"));
    await expect(friends(page).locator(".friend-name")).toHaveText(["Jane D."], { timeout: 20_000 });
    await expect(page.getByText("No friends yet")).toHaveCount(0);
    await expect(total(page, "Joined")).toHaveText("1");
    await expect(total(page, "Earned")).toHaveText("Nothing yet");
  });

  await test.step("a purchase changes her row and the totals", async () => {
    await buy(jane, TICKET);
    await expect(friends(page)).toContainText("You earned $10.00", { timeout: 20_000 });
    await expect(friends(page).locator(".badge")).toHaveText("Credited");
    await expect(total(page, "Earned")).toHaveText("$10.00");
    await expect(total(page, "Available")).toHaveText("$10.00");
  });

  await test.step("a page of older friends follows too, and leads to the newest", async () => {
    // Every friend of today is older than this one.
    await page.goto(`${site.url}/referrals?before=999999999`);
    await expect(total(page, "Joined")).toHaveText("1");
    await waitForIslands(page);
    const row = friends(page).locator("summary");
    await row.click();
    await expect(page.getByText("Bought")).toBeHidden();
    const kim = await visit();
    await kim.goto(link);
    await registerFromHere(kim, newPerson("Kim", "Lee"));
    await expect(total(page, "Joined")).toHaveText("2", { timeout: 20_000 });
    await expect(friends(page).locator("details").last(), "what was closed stays closed").not.toHaveAttribute("open");
    await expect(row.last(), "the focus stays on the row").toBeFocused();
    await page.getByRole("link", { name: "Newest friends" }).click();
    await expect(page).toHaveURL(`${site.url}/referrals`);
    await expect(friends(page).locator(".friend-name")).toHaveText(["Kim L.", "Jane D."]);
  });
});
