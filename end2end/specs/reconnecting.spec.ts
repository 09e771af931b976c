import { goToAdmin, region, said } from "../support/console";
import { expect, test } from "../support/fixtures";
import { register, somebody } from "../support/people";
import { EARNED, balanceSentence, card, getLink } from "../support/referrals";
import { NOT_PAID_YET, SHOP_ITEM, browseTo, expectBought, heading, toStripe } from "../support/shop";

// It disconnects a site, which no other test may feel.
test.use({ worldName: "reconnecting" });

test("disconnected and connected with the same key, a sale paid meanwhile is known", async ({
  page,
  visit,
  world,
}) => {
  test.slow();
  const { stripe, detroit } = world;
  const robin = await visit();
  const referrer = await register(robin, detroit, somebody("Robin"));
  const link = await getLink(robin, detroit);
  const friend = await visit();
  await friend.goto(link);
  await register(friend, detroit);
  await browseTo(friend, SHOP_ITEM);
  await toStripe(friend, SHOP_ITEM);
  // Nobody asks Stripe in this test: the webhook has to find its way.
  await stripe.spoilRetrieving(detroit);
  await stripe.hold(detroit);

  await goToAdmin(page, detroit, world.pat, "Site Settings");
  const account = region(page, /^Stripe$/);
  const address = await account.getByLabel(/Webhook address/).inputValue();
  expect(address).toMatch(/\/webhooks\/stripe\/\w+$/);
  await test.step("Disconnect", async () => {
    await account.getByText("Disconnect", { exact: true }).click();
    await account.getByRole("button", { name: "Disconnect Stripe" }).click();
    await expect(account.getByRole("button", { name: "Connect Stripe" })).toBeVisible();
  });
  await test.step("A sale is paid meanwhile", async () => {
    await friend.getByRole("button", { name: "Pay", exact: true }).click();
    await expect(heading(friend, NOT_PAID_YET)).toBeVisible();
  });
  await test.step("Connect the same key", async () => {
    await account.getByLabel("Secret key", { exact: true }).fill(detroit.stripe_secret_key);
    await account.getByLabel(/signing secret/i).fill(detroit.webhook_secret);
    await account.getByRole("button", { name: "Connect Stripe" }).click();
    await expect(said(page)).not.toBeEmpty();
    await expect(account).toContainText(detroit.stripe_secret_key.slice(-4));
    await expect(account.getByLabel(/Webhook address/)).toHaveValue(address);
  });
  await test.step("The webhook comes to the address of before", async () => {
    await stripe.release(detroit);
    await expectBought(friend, SHOP_ITEM);
    await expect(robin.getByRole("link", { name: EARNED })).toBeVisible({ timeout: 20_000 });
    await expect(card(robin).getByText(balanceSentence("$10.00"))).toBeVisible();
  });
  await test.step("Nothing doubles", async () => {
    await stripe.mend();
    await stripe.idle(detroit);
    await friend.reload();
    await expectBought(friend, SHOP_ITEM);
    const ledger = await stripe.ledger(detroit, referrer.email);
    expect(ledger.map((entry) => entry.amount)).toEqual([-1000]);
  });
});
