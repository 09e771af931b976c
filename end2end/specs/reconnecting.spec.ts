import { goToAdmin, region, toasts } from "../support/console";
import { expect, test } from "../support/fixtures";
import { register, newPerson } from "../support/people";
import { EARNED, balanceSentence, card, getLink } from "../support/referrals";
import { NOT_PAID_YET, SHOP_ITEM, browseTo, expectBought, heading, goToCheckout } from "../support/shop";

// Has its own world because it disconnects a site.
test.use({ worldName: "reconnecting" });

test("a purchase paid while Stripe is disconnected is known after reconnecting", async ({
  page,
  visit,
  world,
}) => {
  test.slow();
  const { stripe, detroit } = world;
  const robin = await visit();
  const referrer = await register(robin, detroit, newPerson("Robin"));
  const link = await getLink(robin, detroit);
  const friend = await visit();
  await friend.goto(link);
  await register(friend, detroit);
  await browseTo(friend, SHOP_ITEM);
  await goToCheckout(friend, SHOP_ITEM);
  // The product cannot retrieve the session in this test, so the webhook must arrive.
  await stripe.failSessionRetrieval(detroit);
  await stripe.holdDeliveries(detroit);

  await goToAdmin(page, detroit, world.pat, "Site Settings");
  const account = region(page, /^Stripe$/);
  const address = await account.getByLabel(/Webhook address/).inputValue();
  expect(address).toMatch(/\/webhooks\/stripe\/\w+$/);
  await test.step("Disconnect", async () => {
    await account.getByText("Disconnect", { exact: true }).click();
    await account.getByRole("button", { name: "Disconnect Stripe" }).click();
    await expect(account.getByRole("button", { name: "Connect Stripe" })).toBeVisible();
  });
  await test.step("A purchase is paid meanwhile", async () => {
    await friend.getByRole("button", { name: "Pay", exact: true }).click();
    await expect(heading(friend, NOT_PAID_YET)).toBeVisible();
  });
  await test.step("Connect the same key", async () => {
    await account.getByLabel("Secret key", { exact: true }).fill(detroit.stripe_secret_key);
    await account.getByLabel("Webhook signing secrets").fill(detroit.webhook_secret);
    await account.getByRole("button", { name: "Connect Stripe" }).click();
    await expect(toasts(page)).not.toBeEmpty();
    await expect(account).toContainText(detroit.stripe_secret_key.slice(-4));
    await expect(account.getByLabel(/Webhook address/)).toHaveValue(address);
  });
  await test.step("The webhook arrives at the same address", async () => {
    await stripe.releaseDeliveries(detroit);
    await expectBought(friend, SHOP_ITEM);
    await expect(robin.getByRole("link", { name: EARNED })).toBeVisible({ timeout: 20_000 });
    await expect(card(robin).getByText(balanceSentence("$10.00"))).toBeVisible();
  });
  await test.step("Nothing is duplicated", async () => {
    await stripe.clearFaults();
    await stripe.waitForDeliveries(detroit);
    await friend.reload();
    await expectBought(friend, SHOP_ITEM);
    const transactions = await stripe.balanceTransactions(detroit, referrer.email);
    expect(transactions.map((transaction) => transaction.amount)).toEqual([-1000]);
  });
});
