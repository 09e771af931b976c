import { goToAdmin } from "../support/console";
import { expect, test } from "../support/fixtures";
import { newPerson, register } from "../support/people";
import { TICKET, browseTo, goToCheckout, pay } from "../support/shop";

test("an open list of orders hears of each change", async ({ page, visit, world }) => {
  const site = world.detroit;
  const buyer = newPerson("Jane", "Doe");
  const buyerPage = await visit();
  await register(buyerPage, site, buyer);
  await browseTo(buyerPage, TICKET);
  await goToAdmin(page, site, world.login(site, "tenant admin"), "Orders");
  await page.getByLabel("Search").fill(buyer.email);
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(page.getByText("Nothing matches")).toBeVisible();

  const changed = page.getByRole("link", { name: "Orders changed. Show them" });
  const order = page.getByRole("table", { name: "Orders" }).getByRole("row").nth(1);
  await goToCheckout(buyerPage, TICKET);
  await changed.click();
  await expect(order).toContainText("Jane Doe");
  await expect(order).toContainText("Not paid");

  await pay(buyerPage, TICKET);
  await changed.click();
  await expect(order).toContainText("Paid");
  await expect(page.getByLabel("Search")).toHaveValue(buyer.email);
});
