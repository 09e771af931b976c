import { card, goToSection, goToAdmin, openSale, tableRows, region, toasts } from "../support/console";
import { expect, test } from "../support/fixtures";
import { greeting, register, registerFromHere, newPerson } from "../support/people";
import { getLink } from "../support/referrals";
import { SHOP_ITEM, browseTo, buy, detail } from "../support/shop";

// Has its own world because it changes the catalog.
test.use({ worldName: "admin-catalog" });

test("a product is added, sold, repriced and withdrawn", async ({ page, visit, world }) => {
  const site = world.detroit;
  await goToAdmin(page, site, world.login(site, "tenant admin"), "Catalog");
  const hat = { ...SHOP_ITEM, name: "Range Hat", path: "/shop/range-hat", price: "$18.00" };

  await test.step("added; missing fields show an error", async () => {
    await page.getByRole("link", { name: "Add a product" }).click();
    await page.getByLabel("Kind").selectOption("Shop item");
    await page.getByRole("button", { name: "Save product" }).click();
    await expect(page.getByLabel("Name")).toHaveAttribute("aria-invalid", "true");
    await page.getByLabel("Name").fill(hat.name);
    await page.getByLabel("Summary").fill("Keeps the sun and the brass off.");
    await page.getByLabel("Description").fill("One size.\n\n<b>Not bold</b>.");
    await page.getByLabel("Price in cents").fill("1800");
    await expect(page.getByText("$18.00", { exact: true })).toBeVisible();
    await page.getByRole("button", { name: "Save product" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Catalog" })).toBeVisible();
    await expect(page.getByRole("main")).toContainText(hat.name);
  });

  const buyer = await visit();
  await register(buyer, site);
  await test.step("sold", async () => {
    await browseTo(buyer, hat);
    await expect(buyer.getByText("<b>Not bold</b>.")).toBeVisible();
    await buy(buyer, hat);
    await expect(detail(buyer, "Paid")).toHaveText("$18.00");
  });
  const receipt = new URL(buyer.url()).pathname;

  await test.step("repriced; past purchases keep their price", async () => {
    await page.getByRole("link", { name: new RegExp(`Edit.*${hat.name}|${hat.name}`) }).first().click();
    await page.getByLabel("Price in cents").fill("2200");
    await page.getByRole("button", { name: "Save product" }).click();
    await expect(page.getByRole("main")).toContainText("$22.00");
    await buyer.goto(site.url + receipt);
    await expect(detail(buyer, "Paid")).toHaveText("$18.00");
    await buyer.goto(site.url + hat.path);
    await expect(buyer.getByText("$22.00")).toBeVisible();
  });

  await test.step("withdrawn, and offered again", async () => {
    const row = page.getByRole("listitem").filter({ hasText: hat.name });
    await row.getByRole("button", { name: /Withdraw/ }).click();
    await expect(row).toContainText("Withdrawn");
    expect((await buyer.goto(site.url + hat.path))?.status()).toBe(404);
    await row.getByRole("button", { name: /Offer again/ }).click();
    await expect(row).not.toContainText("Withdrawn");
    expect((await buyer.goto(site.url + hat.path))?.status()).toBe(200);
  });
});

test("a counter sale counts as the first purchase", async ({ page, visit, world }) => {
  const site = world.detroit;
  const referrer = await visit();
  await register(referrer, site, newPerson("Robin", "Hart"));
  const link = await getLink(referrer, site);
  const friend = await visit();
  await friend.goto(link);
  const jane = newPerson("Jane", "Doe");
  await registerFromHere(friend, jane);

  await goToAdmin(page, site, world.login(site, "tenant admin"), "Members");
  await page.getByLabel(/Search|Find/).fill(jane.email);
  const found = page.getByRole("listitem").filter({ hasText: jane.email });
  await found.getByRole("link", { name: "Jane Doe" }).click();
  const sale = await openSale(page);
  await sale.getByLabel("Product").selectOption({ label: "Paper Targets · $12.00" });
  await sale.getByRole("button", { name: "Record sale" }).click();
  await expect(toasts(page)).toContainText("The sale was recorded.");
  await expect(region(page, "Purchases")).toContainText("Paper Targets");

  await expect(
    referrer.getByRole("link", { name: "You earned a $10.00 credit from your referral" }),
  ).toBeVisible({ timeout: 20_000 });
  await goToSection(page, "Referrals");
  await expect(tableRows(page).filter({ hasText: "Jane Doe" }).first()).toContainText("Credited");
  await expect(card(page, "Total")).not.toHaveText("0");
  await friend.goto(`${site.url}/dashboard`);
  await expect(greeting(friend, jane)).toBeVisible();
  await expect(region(friend, "Purchases")).toContainText("Paper Targets");
});
