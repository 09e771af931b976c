/** Scenario 3 of the guide, with a client that openapi-typescript made from `docs/openapi.json`. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";

import createClient from "openapi-fetch";

// Made by the gate beside the copy of this file that is compiled.
import type { components, paths } from "./api.js";

type Referral = components["schemas"]["ReferralEntry"];

const PATIENCE_MS = 30_000;
const POLL_MS = 100;

const site = env("PEWPROS_SITE");
const stranger = createClient<paths>({ baseUrl: site });

// 1. The referrer signs in and gets the code that is shared.
const credentials = { email: env("PEWPROS_EMAIL"), password: env("PEWPROS_PASSWORD") };
const { user, token } = answered(await stranger.POST("/api/v1/auth/login", { body: credentials }));
const referrer = signedIn(token);
const { code, link } = answered(await referrer.POST("/api/v1/me/referral-link"));
assert.equal(link, `${site}?ref=${code}`);
const before = await totals();

// 2. The friend's app looks the code up as it was typed.
const typed = { params: { path: { code: code.toUpperCase() } } };
const known = answered(await stranger.GET("/api/v1/referral-codes/{code}", typed));
assert.deepEqual(known, { code, first_name: user.first_name });

// 3. The friend registers with the code. Sent again with the same key, nobody registers twice.
const registration = {
  email: `friend-${randomUUID()}@example.com`,
  password: "securepassword",
  first_name: "Jane",
  last_name: "Doe",
  date_of_birth: "1990-01-15",
  referral_code: code,
};
const once = { body: registration, params: { header: { "Idempotency-Key": randomUUID() } } };
const registered = answered(await stranger.POST("/api/v1/auth/register", once));
assert.deepEqual(registered.referral, { status: "linked", reason: null });
const repeated = answered(await stranger.POST("/api/v1/auth/register", once));
assert.equal(repeated.user.id, registered.user.id);
const taken = await stranger.POST("/api/v1/auth/register", { body: registration });
assert.equal(taken.response.status, 409);
assert.equal(taken.error?.type, "urn:pewpros:problem:email-taken");

// 4. The referrer sees the friend.
const pending = await newest();
assert.deepEqual([pending.friend, pending.status, pending.credit], ["Jane D.", "pending", null]);
assert.deepEqual(await totals(), { ...before, joined: before.joined + 1, pending: before.pending + 1 });

// 5. The friend's first purchase earns the credit.
const friend = signedIn(registered.token);
const { data: products } = answered(await friend.GET("/api/v1/products"));
const product = products.find(({ kind }) => kind === "event_ticket");
assert.ok(product, "the site sells a ticket");
const begun = answered(await friend.POST("/api/v1/purchases", { body: { product_id: product.id } }));
assert.deepEqual([begun.status, begun.price], ["open", product.price]);
await pay(begun.checkout_url);
const credited = await until(newest, ({ status }) => status === "credited");
assert.equal(credited.id, pending.id);
const { referral } = answered(await referrer.GET("/api/v1/me"));
assert.deepEqual(credited.credit, referral.reward);
const after = { ...before, joined: before.joined + 1, credited: before.credited + 1 };
assert.deepEqual(await totals(), after);
const id = { params: { path: { id: begun.id } } };
const bought = answered(await friend.GET("/api/v1/purchases/{id}", id));
assert.deepEqual([bought.status, bought.paid], ["paid", product.price]);

function env(name: string): string {
  const value = process.env[name];
  assert.ok(value, `${name} is not set`);
  return value;
}

function signedIn(token: string) {
  return createClient<paths>({ baseUrl: site, headers: { Authorization: `Bearer ${token}` } });
}

/** What a call answered, unless it answered with a problem. */
function answered<Data>(call: { data?: Data; error?: unknown; response: Response }): Data {
  const { data, error, response } = call;
  assert.ok(data !== undefined, `${response.url} answered ${response.status} ${JSON.stringify(error)}`);
  return data;
}

/** The referrer's newest referral. */
async function newest(): Promise<Referral> {
  const query = { params: { query: { limit: 1 } } };
  const [first] = answered(await referrer.GET("/api/v1/me/referrals", query)).data;
  assert.ok(first, "nobody was referred");
  return first;
}

/** How many referrals the referrer has. */
async function totals() {
  const { joined, pending, credited } = answered(await referrer.GET("/api/v1/me/referrals/summary"));
  return { joined, pending, credited };
}

/** Pays on the page of Stripe's stand-in, without a browser. */
async function pay(checkoutUrl: string): Promise<void> {
  const [standIn, session] = checkoutUrl.split("/pay/");
  const answer = await fetch(`${standIn}/_control/sessions/complete`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ session, how: "paid" }),
  });
  assert.ok(answer.ok, `the stand-in answered ${answer.status}`);
}

/** Asks until the answer is the wanted one. */
async function until<Value>(ask: () => Promise<Value>, isWanted: (value: Value) => boolean): Promise<Value> {
  const end = Date.now() + PATIENCE_MS;
  let value = await ask();
  while (!isWanted(value)) {
    assert.ok(Date.now() < end, `still ${JSON.stringify(value)} after ${PATIENCE_MS} ms`);
    await pause(POLL_MS);
    value = await ask();
  }
  return value;
}
