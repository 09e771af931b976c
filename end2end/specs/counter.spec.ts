import { goToAdmin, openSale, region, toasts } from "../support/console";
import { expect, test } from "../support/fixtures";
import { register } from "../support/people";
import { SHOP_ITEM, TICKET, buy, checkAgainUntil, detail, waitForUpdate } from "../support/shop";

/** The desk takes credit for a sale in person, and undoes the sale, with JavaScript and without. */
for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });
    const waitUntil = javaScriptEnabled ? waitForUpdate : checkAgainUntil;

    test("credit pays at the counter, and comes back when the sale is undone", async ({
      page,
      visit,
      world,
    }) => {
      const { email } = await register(page, world.detroit);
      await buy(page, SHOP_ITEM, waitUntil);
      await world.stripe.addCredit(world.detroit, email, 2000);
      const balance = () => world.stripe.balance(world.detroit, email);
      const desk = await visit({ javaScriptEnabled });
      const sale = region(desk, "Record a sale made in person");
      const purchases = region(desk, "Purchases");

      await test.step("the desk sees what there is, and cannot take more", async () => {
        await goToAdmin(desk, world.detroit, world.pat, "Members");
        await desk.goto(`${world.detroit.url}/admin/members?q=${email}`);
        await desk.getByRole("main").getByRole("link", { name: "Jane Doe" }).click();
        await openSale(desk);
        await expect(sale.getByText("$20.00 available.")).toBeVisible();
        await sale.getByLabel("Product").selectOption({ label: `${TICKET.name} · $35.00` });
        await sale.getByLabel("Credit to use").fill("2001");
        await sale.getByRole("button", { name: "Record sale" }).click();
        await expect(sale.getByLabel("Credit to use")).toHaveAccessibleDescription(/has \$20\.00/);
        await expect(sale.getByLabel("Credit to use")).toHaveValue("2001");
        await expect(sale.getByLabel("Product")).toContainText(TICKET.name);
        expect(await balance()).toBe(-2000);
      });
      await test.step("what credit does not cover is paid there", async () => {
        await sale.getByLabel("Credit to use").fill("2000");
        await sale.getByRole("button", { name: "Record sale" }).click();
        await expect(toasts(desk)).toContainText(
          "Credit paid $20.00: take the other $15.00 at the counter.",
        );
        await expect(purchases).toContainText(TICKET.name);
        expect(await balance()).toBe(0);
        await page.goto(`${world.detroit.url}/dashboard`);
        await page.getByRole("link", { name: TICKET.name, exact: true }).click();
        await expect(detail(page, "Credit used")).toHaveText("-$20.00");
        await expect(detail(page, "Paid")).toHaveText("$15.00");
      });
      await test.step("undone with a reason, the credit is back", async () => {
        await purchases.getByText("Undo").first().click();
        await purchases.getByRole("button", { name: "Undo this sale" }).click();
        await expect(purchases.getByLabel("Reason")).toHaveAccessibleDescription(/Say why/);
        await purchases.getByLabel("Reason").fill("Wrong day");
        await purchases.getByRole("button", { name: "Undo this sale" }).click();
        await expect(toasts(desk)).toContainText("The sale was undone.");
        await expect(purchases).toContainText("Undone");
        expect(await balance()).toBe(-2000);
        await page.reload();
        await expect(page.getByRole("heading", { name: "This sale was undone" })).toBeVisible();
        await page.goto(`${world.detroit.url}/credits`);
        await expect(page.getByText(`Returned: the sale of ${TICKET.name} was undone`)).toBeVisible();
      });
    });
  });
}
