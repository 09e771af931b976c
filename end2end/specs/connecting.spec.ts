import { changeKeys, fact, goToAdmin, region, toasts } from "../support/console";
import { expect, test } from "../support/fixtures";
import { newPerson, register } from "../support/people";
import { TICKET, browseTo, expectBought, goToCheckout } from "../support/shop";

// Has its own world because it connects a site anew and takes its key away.
test.use({ worldName: "connecting" });

test("connecting with the key alone is enough, and the badge tells the truth", async ({
  page,
  visit,
  world,
}) => {
  test.slow();
  const { stripe, detroit } = world;
  await goToAdmin(page, detroit, world.pat, "Site Settings");
  const account = region(page, /^Stripe$/);
  const own = { ...detroit, stripe_secret_key: "sk_test_of_one_step" };

  await test.step("Disconnect the demo's account, and connect another one by its key alone", async () => {
    await account.getByText("Disconnect", { exact: true }).click();
    await account.getByRole("button", { name: "Disconnect Stripe" }).click();
    await account.getByLabel("Secret key", { exact: true }).fill(own.stripe_secret_key);
    await account.getByRole("button", { name: "Connect Stripe" }).click();
    await expect(toasts(page)).toContainText("The webhook endpoint was created at Stripe");
    await expect(account.getByText("Connected", { exact: true })).toBeVisible();
    await expect(fact(account, "Active webhook signing secrets")).toHaveText(/^1\b/);
    await expect(fact(account, "Webhook endpoint")).toHaveText("Created here");
    await expect(account.getByLabel("Secret key", { exact: true })).toBeHidden();
  });

  await test.step("A purchase is paid, and its event arrives", async () => {
    const friend = await visit();
    await register(friend, detroit, newPerson("Robin"));
    await browseTo(friend, TICKET);
    await goToCheckout(friend, TICKET);
    // The page that the buyer returns to cannot ask Stripe: only the event tells it.
    await stripe.failSessionRetrieval(own);
    await friend.getByRole("button", { name: "Pay", exact: true }).click();
    await expectBought(friend, TICKET);
    await stripe.clearFaults();
  });

  await test.step("Test connection finds the endpoint in order", async () => {
    await account.getByRole("button", { name: "Test connection" }).click();
    await expect(toasts(page)).toContainText("The last event arrived on");
  });

  await test.step("An empty form says that nothing changed", async () => {
    await changeKeys(account);
    await account.getByRole("button", { name: "Save keys" }).click();
    await expect(toasts(page)).toContainText("Nothing was changed");
  });

  await test.step("Another endpoint can be had without JavaScript's help", async () => {
    const endpoint = region(page, /^Webhook endpoint$/);
    await page.reload();
    await endpoint.getByRole("button", { name: "Create the webhook endpoint" }).click();
    await expect(page.getByText(/The webhook endpoint was created at Stripe/)).toBeVisible();
    await expect(fact(account, "Active webhook signing secrets")).toHaveText(/^2\b/);
  });

  await test.step("A key that Stripe rejects is not called connected", async () => {
    await stripe.expireKey(own);
    await account.getByRole("button", { name: "Test connection" }).click();
    await expect(account).toContainText("does not know this key");
    await expect(account.getByText("Needs attention", { exact: true })).toBeVisible();
    await page.reload();
    await expect(account.getByText("Needs attention", { exact: true })).toBeVisible();
    await expect(account).toContainText("Stripe rejects the secret key");
  });
});
