import { goToAdmin, region } from "../support/console";
import { expect, test } from "../support/fixtures";
import { newPerson, register } from "../support/people";
import { SHOP_ITEM, buy } from "../support/shop";

// Has its own world because it holds a site's deliveries, and its own clock to let ten minutes pass.
test.use({ worldName: "stripe-alarm", ownClock: true });

const TEN_MINUTES_AND_MORE_S = 11 * 60;

test("a payment whose event does not come is an alarm after ten minutes", async ({
  page,
  visit,
  world,
}) => {
  const { detroit, stripe } = world;
  const account = region(page, /^Stripe$/);
  await goToAdmin(page, detroit, world.pat, "Site Settings");
  await stripe.holdDeliveries(detroit);

  await test.step("a purchase is paid, and only the page that the buyer returns to learns of it", async () => {
    const friend = await visit();
    await register(friend, detroit, newPerson("Robin"));
    await buy(friend, SHOP_ITEM);
    await page.reload();
    await expect(account.getByText("Connected", { exact: true })).toBeVisible();
  });

  await test.step("ten minutes later the connection needs attention, and says why", async () => {
    const settings = page.url();
    // Time that passes at once cuts off what a page is listening to.
    await page.goto("about:blank");
    await world.passTime(TEN_MINUTES_AND_MORE_S);
    await page.goto(settings);
    await expect(account.getByText("Needs attention", { exact: true })).toBeVisible();
    await expect(account).toContainText("its event did not arrive");
  });
});
