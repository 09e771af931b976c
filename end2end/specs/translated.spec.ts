import { card as stat, tableRows } from "../support/console";
import { expect, test } from "../support/fixtures";
import { fillSignIn, newPerson, register, registerFromHere, signIn, waitForIslands } from "../support/people";
import { EARNED, balanceSentence, card, getLink, readLink, referrals } from "../support/referrals";
import { NOT_PAID_YET, SHOP_ITEM, TICKET, browseTo, buy, expectBought, goToCheckout, heading } from "../support/shop";
import { translate } from "../support/translate";

// Has its own world because it counts referrals and holds a site's webhook deliveries.
test.use({ worldName: "translated" });

test("a dashboard that the browser translates follows what happens", async ({ page, visit, world }) => {
  const site = world.detroit;
  await register(page, site, newPerson("Robin", "Hart"));
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await waitForIslands(page);
  await translate(page);
  const tile = (label: string) => page.locator(".tile").filter({ hasText: label });
  const rows = referrals(page);

  const link = await test.step("a link takes the place of its button, and is copied", async () => {
    await expect(card(page).locator("font").first()).toBeAttached();
    const link = await getLink(page, site);
    for (let copies = 0; copies < 2; copies++) {
      await card(page).getByRole("button", { name: "Copy link" }).click();
      await expect(card(page).getByRole("status")).toHaveText("Copied");
    }
    return link;
  });

  const jane = await visit();
  await test.step("friends join, the newest first", async () => {
    await jane.goto(link);
    await registerFromHere(jane, newPerson("Jane", "Doe"));
    await expect(rows.locator(".friend-name")).toHaveText(["Jane D."], { timeout: 20_000 });
    await expect(tile("Friends").locator(".tile-value")).toHaveText("1 joined");
    await expect(card(page).locator(".referral-card-all")).toHaveText("All your friends (1)");
    const kim = await visit();
    await kim.goto(link);
    await registerFromHere(kim, newPerson("Kim", "Lee"));
    await expect(rows.locator(".friend-name")).toHaveText(["Kim L.", "Jane D."], { timeout: 20_000 });
    await expect(rows.locator(".friend-initials")).toHaveText(["KL", "JD"]);
    await expect(rows.locator(".badge")).toHaveText(["Pending", "Pending"]);
    await expect(tile("Friends").locator(".tile-value")).toHaveText("2 joined");
  });

  await test.step("a credit arrives", async () => {
    await buy(jane, TICKET);
    const toast = page.getByRole("link", { name: EARNED });
    await expect(toast).toBeVisible({ timeout: 20_000 });
    await expect(page.locator(".bell-count")).toHaveText("1");
    await expect(rows.locator(".badge")).toHaveText(["Pending", "Credited"]);
    await expect(rows.locator(".friend-credit")).toHaveText(["", "$10.00"]);
    await expect(rows.locator(".friend-steps").last()).toContainText("You earned $10.00");
    await expect(card(page).locator(".referral-card-balance")).toHaveText(balanceSentence("$10.00"));
    await expect(card(page).locator(".referral-card-all")).toHaveText("All your friends (2) · $10.00 earned");
    await expect(tile("Available credit").locator(".tile-value")).toHaveText("$10.00");
    await expect(tile("Friends").locator(".tile-note")).toHaveText("$10.00 earned");
    await page.getByRole("button", { name: "Dismiss" }).click();
    await expect(toast).toHaveCount(0);
    expect(await readLink(page, site)).toBe(link);
  });
});

test("a receipt that the browser translates tells of the payment", async ({ page, world }) => {
  await register(page, world.detroit);
  await browseTo(page, SHOP_ITEM);
  await goToCheckout(page, SHOP_ITEM);
  await world.stripe.holdDeliveries(world.detroit);
  await world.stripe.failSessionRetrieval(world.detroit);
  await page.getByRole("button", { name: "Pay", exact: true }).click();
  await expect(heading(page, NOT_PAID_YET)).toBeVisible();
  await waitForIslands(page);
  await translate(page);
  await world.stripe.clearFaults();
  await world.stripe.releaseDeliveries(world.detroit);
  await expectBought(page, SHOP_ITEM);
  await expect(heading(page, /./)).toHaveText(`You bought ${SHOP_ITEM.name}`);
  await expect(page.locator(".receipt .badge")).toHaveText("Paid");
  await expect(page.getByText(NOT_PAID_YET)).toHaveCount(0);
});

test("a form that the browser translates says what is wrong now", async ({ page, world }) => {
  await page.goto(`${world.detroit.url}/register`);
  await waitForIslands(page);
  await translate(page);
  const main = page.getByRole("main");
  const [first, last] = [main.getByLabel("First name"), main.getByLabel("Last name")];
  const [button, errors] = [main.getByRole("button", { name: "Register" }), page.locator(".form-errors li")];
  await button.click();
  await expect(errors).toHaveCount(5);
  await expect(errors.first()).toHaveText("Enter your first name.");
  await expect(first).toHaveAccessibleDescription("Enter your first name.");
  await first.fill("Jane");
  await button.click();
  await expect(errors).toHaveCount(4);
  await expect(errors.first()).toHaveText("Enter your last name.");
  await expect(first).toHaveAccessibleDescription("");
  await expect(last).toHaveAccessibleDescription("Enter your last name.");
  await expect(button).toHaveText("Register");

  await page.goto(`${world.detroit.url}/sign-in`);
  await waitForIslands(page);
  await translate(page);
  await fillSignIn(page, "nobody@example.com", "not the password");
  await expect(page.locator(".form-errors-title")).toHaveText("The email address or password is incorrect.");
});

test("a table that the browser translates follows its filter", async ({ page, world }) => {
  await signIn(page, world.detroit, world.pat);
  await page.goto(`${world.detroit.url}/admin/referrals`);
  await waitForIslands(page);
  const all = await stat(page, "Total").innerText();
  await translate(page);
  await page.getByLabel("Status").selectOption("Failed");
  await expect(stat(page, "Credited")).toHaveText("0");
  const failed = await stat(page, "Failed").innerText();
  await expect(stat(page, "Total")).toHaveText(failed);
  await expect(tableRows(page).locator(".badge")).toHaveText(Array<string>(Number(failed)).fill("Failed"));
  await page.getByRole("columnheader").getByRole("link", { name: "Date" }).click();
  await expect(page.getByRole("columnheader", { name: "Date" }).locator(".table-arrow")).toHaveText("↑");
  await page.getByLabel("Search").fill("nobody");
  await expect(page.locator(".empty-title").filter({ visible: true })).toHaveText("Nothing matches");
  await expect(stat(page, "Total")).toHaveText("0");
  await page.getByRole("link", { name: "Clear filters" }).first().click();
  await expect(stat(page, "Total")).toHaveText(all);
  await expect(page.locator(".empty-title").filter({ visible: true })).toHaveCount(0);
});

test("members who are found on a page that the browser translates are those whom it shows", async ({ page, world }) => {
  await signIn(page, world.detroit, world.pat);
  await page.goto(`${world.detroit.url}/admin/members`);
  await waitForIslands(page);
  await translate(page);
  const names = page.locator(".member-name a");
  const search = page.getByLabel("Search members");
  await search.fill("omar");
  await expect(names).toHaveText(["Omar Haddad"]);
  await search.fill("sam");
  await expect(names).toHaveText(["Sam Lee"]);
  await expect(page.getByRole("status").filter({ hasText: "member" })).toHaveText("1 member found.");
  await search.fill("nobody at all");
  await expect(page.locator(".members-found")).toContainText("No members found");
  await expect(names).toHaveCount(0);
});

test("an amount on a page that the browser translates is the one that was typed", async ({ page, world }) => {
  await signIn(page, world.detroit, world.pat);
  await page.goto(`${world.detroit.url}/admin/settings?tab=payments`);
  await waitForIslands(page);
  await translate(page);
  const money = page.locator("#tenant_credit-money");
  const field = page.getByLabel("Tenant Referral Credit Amount");
  for (const [typed, shown] of [["1500", "$15.00"], ["2000", "$20.00"]] as const) {
    await field.fill(typed);
    await expect(money).toHaveText(shown);
  }
});
