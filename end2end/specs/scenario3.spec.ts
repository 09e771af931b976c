import { randomUUID } from "node:crypto";

import { expect, test } from "../support/fixtures";
import { signIn, newPerson } from "../support/people";
import { Phone, registrationOf } from "../support/phone";
import { EARNED, balanceSentence, codeOf, referrals } from "../support/referrals";
import { TICKET, heading } from "../support/shop";

/** The body of "POST /api/v1/auth/register" in the guide. */
const GUIDES_BODY = {
  email: "friend@example.com",
  password: "securepassword",
  first_name: "Jane",
  last_name: "Doe",
  date_of_birth: "1990-01-15",
  referral_code: "ab3kx7mn",
};

/** The guide's friend with a new email. */
function friendWith(referral_code: unknown, email = newPerson().email) {
  return { ...GUIDES_BODY, email, referral_code };
}

/** The guide's "Scenario 3: Mobile App Registration with Referral", line by line. */
test("a code that the app sends becomes a credit", async ({ page, visit, request, world }) => {
  const site = world.detroit;
  const referrer = newPerson("Robin", "Hart");
  await new Phone(request, site).register(registrationOf(referrer));
  const mine = new Phone(request, site);
  const theirs = new Phone(request, site);
  let code = "";

  await test.step("1. Referrer shares their link or code with a friend", async () => {
    await mine.signIn(referrer);
    const shared = await mine.referralLink();
    code = shared.code;
    expect(shared.link).toBe(`${site.url}?ref=${code}`);
    expect(codeOf(shared.link)).toMatch(/^[2-9a-hjkmnp-z]{8}$/);
    expect(await mine.referralLink(), "the code is generated once").toEqual(shared);
    expect(await mine.referrals()).toEqual([]);
  });

  await test.step("2. Friend opens the mobile app and registers", async () => {
    expect(await theirs.lookUp(code)).toEqual({ code, first_name: "Robin" });
    await test.step("3. The app sends referral_code as a parameter in the registration API call", async () => {
      const { referral } = await theirs.register(friendWith(code));
      expect(referral).toEqual({ status: "linked", reason: null });
    });
  });

  await test.step("4. The API links the referral (same as web flow)", async () => {
    const pending = { friend: "Jane D.", status: "pending", credit: null };
    expect(await mine.referrals()).toMatchObject([pending]);
    await signIn(page, site, referrer);
    await expect(referrals(page)).toHaveCount(1);
    await expect(referrals(page)).toContainText("Jane D.");
    await expect(referrals(page)).toContainText("Pending");
  });

  expect(await world.stripe.balanceTransactions(site, referrer.email), "no credit for registering").toEqual([]);

  await test.step("5. Credit is earned on their first purchase", async () => {
    const product = (await theirs.products()).find(({ name }) => name === TICKET.name);
    expect(product?.price.text).toBe(TICKET.price);
    const { checkout_url, ...started } = await theirs.beginPurchase(product?.id ?? 0);
    expect(started.status).toBe("open");

    const till = await visit();
    await till.goto(checkout_url);
    await expect(heading(till, "Pay")).toBeVisible();
    await expect(till.getByText(TICKET.name)).toBeVisible();
    await till.getByRole("button", { name: "Pay", exact: true }).click();
    await till.waitForURL((url) => url.origin === site.url);

    const soon = { timeout: 20_000 };
    await expect.poll(async () => (await theirs.purchase(started.id)).status, soon).toBe("paid");
    const credited = { friend: "Jane D.", status: "credited", credit: { text: "$10.00" } };
    await expect.poll(async () => await mine.referrals(), soon).toMatchObject([credited]);

    const [notification, ...more] = await mine.notifications();
    expect(notification).toMatchObject({ text: EARNED, read_at: null });
    expect(more).toEqual([]);
    expect((await mine.me()).unread_notifications).toBe(1);
    expect((await mine.markAsRead(notification!)).read_at).not.toBeNull();
    const { balance, unread_notifications } = await mine.me();
    expect(unread_notifications).toBe(0);
    expect(balance).toMatchObject({ amount: { cents: 1000 }, text: balanceSentence("$10.00") });
    await expect(referrals(page)).toContainText("Credited");
    expect(await world.stripe.balanceTransactions(site, referrer.email)).toMatchObject([
      { amount: -1000, currency: "usd", description: "Referral credit", type: "adjustment" },
    ]);
  });
});

test("an invalid code never fails a registration", async ({ request, world }) => {
  const referrer = newPerson("Robin", "Hart");
  const mine = new Phone(request, world.detroit);
  await mine.register(registrationOf(referrer));
  const { code } = await mine.referralLink();
  const register = async (body: ReturnType<typeof friendWith>) =>
    (await new Phone(request, world.detroit).register(body)).referral;

  for (const unknown of ["zzzzzzzz", "nonsense!", `${code}x`, 12345678, [code]]) {
    const referral = await register(friendWith(unknown));
    expect(referral, `${unknown}`).toEqual({ status: "ignored", reason: "unknown_code" });
  }
  const alias = referrer.email.replace("@", "+range@");
  const own = await register(friendWith(code, alias));
  expect(own).toEqual({ status: "ignored", reason: "self_referral" });
  expect(await mine.referrals()).toEqual([]);
});

test("a registration repeated with its idempotency key is executed once", async ({ request, world }) => {
  const mine = new Phone(request, world.detroit);
  await mine.register(registrationOf(newPerson("Robin", "Hart")));
  const { code } = await mine.referralLink();

  const theirs = new Phone(request, world.detroit);
  const body = friendWith(code);
  const key = randomUUID();
  const first = await theirs.call("POST", "auth/register", body, key);
  const again = await theirs.call("POST", "auth/register", body, key);
  expect([first.status(), again.status()]).toEqual([201, 201]);
  expect(first.headers()).not.toHaveProperty("idempotent-replayed");
  expect(again.headers()).toHaveProperty("idempotent-replayed", "true");
  expect(await again.json()).toEqual(await first.json());

  // With another idempotency key it is a new registration, for which the email is taken.
  const second = await theirs.call("POST", "auth/register", body);
  expect(second.status()).toBe(409);
  expect(await second.json()).toMatchObject({ type: "urn:pewpros:problem:email-taken" });
  expect(await mine.referrals()).toHaveLength(1);
});
