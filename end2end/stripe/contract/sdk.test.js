// Runs Stripe's SDK for Node against the stand-in and validates every response body.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import Stripe from 'stripe';
import { receiver, start, validate, validated } from './stand-in.js';

let standIn;
before(async () => {
  standIn = await start();
});
after(async () => {
  await standIn.stop();
});

let keys = 0;
const newAccount = () => {
  const key = `sk_test_contract${(keys += 1)}`;
  return { key, stripe: standIn.sdk(key) };
};
const ticket = { currency: 'usd', unit_amount: 2500, product_data: { name: 'Ticket <A> & more' } };
const membership = { currency: 'usd', unit_amount: 1000, recurring: { interval: 'month' }, product_data: { name: 'Membership' } };
const urls = { success_url: 'https://shop.test/done?s={CHECKOUT_SESSION_ID}', cancel_url: 'https://shop.test/cart' };
const sessionParams = (price_data, more) => ({ ...urls, line_items: [{ price_data, quantity: 2 }], ...more });

test('customers', async () => {
  const { stripe } = newAccount();
  const made = await stripe.customers.create({ email: 'Ann@example.com', name: 'Ann', metadata: { row: '7' }, address: { city: 'Oslo', country: 'NO' } });
  assert.equal(made.metadata.row, '7');
  await stripe.customers.create({ email: 'ann@example.com' });
  const found = await stripe.customers.list({ email: 'Ann@example.com' });
  assert.deepEqual(found.data.map((one) => one.id), [made.id]);
  const updated = await stripe.customers.update(made.id, { name: 'Anna', metadata: { row: '', other: 'x' } });
  assert.deepEqual([updated.name, updated.metadata], ['Anna', { other: 'x' }]);
  // Search lags by up to a minute.
  const search = { query: `metadata["other"]:"x"` };
  assert.equal((await stripe.customers.search(search)).data.length, 0);
  await standIn.control('POST', 'clock', { seconds: 60 });
  assert.equal((await stripe.customers.search(search)).data.length, 1);
  assert.equal((await stripe.customers.del(made.id)).deleted, true);
  assert.equal((await stripe.customers.retrieve(made.id)).deleted, true);
  await assert.rejects(stripe.customers.update(made.id, { name: 'B' }), { statusCode: 404, code: 'resource_missing' });
  await assert.rejects(stripe.customers.retrieve('cus_none'), Stripe.errors.StripeInvalidRequestError);
});

test('balance transactions are listed newest first, in pages', async () => {
  const { stripe } = newAccount();
  const { id } = await stripe.customers.create({ email: 'a@example.com' });
  for (const amount of [-500, -700, 200]) {
    await stripe.customers.createBalanceTransaction(id, { amount, currency: 'usd', description: 'Referral credit', metadata: { ledger: `l${amount}` } });
  }
  const page = await stripe.customers.listBalanceTransactions(id, { limit: 2 });
  assert.deepEqual(page.data.map((one) => one.amount), [200, -700]);
  assert.equal(page.has_more, true);
  const all = [];
  for await (const one of stripe.customers.listBalanceTransactions(id, { limit: 1 })) all.push(one);
  assert.deepEqual(all.map((one) => one.ending_balance), [-1000, -1200, -500]);
  const customer = await stripe.customers.retrieve(id);
  assert.deepEqual([customer.balance, customer.currency], [-1000, 'usd']);
  const one = await stripe.customers.retrieveBalanceTransaction(id, all[0].id, { expand: ['customer'] });
  assert.equal(one.customer.id, id);
  await stripe.customers.updateBalanceTransaction(id, all[0].id, { description: 'other' });
  assert.equal((await stripe.customers.createBalanceTransaction(id, { amount: -1, currency: 'eur' })).ending_balance, -1);
  const credits = await stripe.customers.retrieve(id, { expand: ['invoice_credit_balance'] });
  assert.deepEqual([credits.balance, credits.invoice_credit_balance], [-500 - 700 + 200, { usd: 1000, eur: 1 }]);
});

test('products, prices, coupons', async () => {
  const { stripe } = newAccount();
  const product = await stripe.products.create({ name: 'Course', images: ['https://x.test/a.png'], default_price_data: { currency: 'usd', unit_amount: 100 } });
  assert.ok(product.default_price);
  await stripe.products.update(product.id, { name: 'Course 2' });
  assert.equal((await stripe.products.retrieve(product.id)).name, 'Course 2');
  const price = await stripe.prices.create({ product: product.id, currency: 'usd', unit_amount: 900, recurring: { interval: 'year' } });
  await stripe.prices.update(price.id, { nickname: 'yearly' });
  assert.equal((await stripe.prices.list({ product: product.id })).data.length, 2);
  assert.equal((await stripe.prices.retrieve(price.id)).type, 'recurring');
  assert.equal((await stripe.products.list()).data.length, 1);
  const coupon = await stripe.coupons.create({ percent_off: 25.5, duration: 'once', name: 'Friend' });
  await stripe.coupons.update(coupon.id, { metadata: { a: 'b' } });
  assert.equal((await stripe.coupons.list()).data.length, 1);
  const session = await stripe.checkout.sessions.create(sessionParams(membership, { mode: 'subscription', discounts: [{ coupon: coupon.id }], line_items: [{ price: price.id, quantity: 1 }] }));
  assert.deepEqual([session.amount_subtotal, session.amount_total], [900, 670]);
  await assert.rejects(stripe.coupons.create({ percent_off: 1, max_redemptions: 0 }), { statusCode: 400, param: 'max_redemptions' });
  const once = await stripe.coupons.create({ amount_off: 100, currency: 'usd', duration: 'once', max_redemptions: 1, redeem_by: session.created + 3600 });
  const discounted = sessionParams(ticket, { mode: 'payment', discounts: [{ coupon: once.id }], customer_email: 'b@example.com' });
  const { id } = await stripe.checkout.sessions.create(discounted);
  await standIn.control('POST', 'sessions/complete', { session: id, how: 'paid' });
  const used = await stripe.coupons.retrieve(once.id);
  assert.deepEqual([used.times_redeemed, used.valid], [1, false]);
  await assert.rejects(stripe.checkout.sessions.create(discounted), { statusCode: 400, code: 'coupon_expired', param: 'discounts[0][coupon]' });
  await stripe.coupons.del(coupon.id);
  await assert.rejects(stripe.coupons.retrieve(coupon.id), { code: 'resource_missing' });
});

test('a Checkout session in payment mode, its line items and its refund', async () => {
  const { stripe } = newAccount();
  const made = await stripe.checkout.sessions.create(sessionParams(ticket, { mode: 'payment', customer_email: 'b@example.com', client_reference_id: 'order-1', metadata: { order: '1' }, payment_intent_data: { metadata: { order: '1' } } }));
  assert.deepEqual([made.status, made.payment_status, made.amount_total, made.customer], ['open', 'unpaid', 5000, null]);
  const items = await stripe.checkout.sessions.listLineItems(made.id);
  assert.deepEqual([items.data[0].description, items.data[0].quantity], ['Ticket <A> & more', 2]);
  const page = await (await fetch(made.url)).text();
  assert.match(page, /Ticket &lt;A&gt; &amp; more/);
  assert.match(page, /Simulated payment/);
  const paid = await fetch(made.url, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ action: 'pay' }) });
  assert.equal(paid.status, 303);
  assert.equal(paid.headers.get('location'), `https://shop.test/done?s=${made.id}`);
  const session = await stripe.checkout.sessions.retrieve(made.id, { expand: ['line_items'] });
  assert.deepEqual([session.status, session.payment_status, session.customer], ['complete', 'paid', null]);
  assert.equal(session.customer_details.email, 'b@example.com');
  assert.equal(session.line_items.data.length, 1);
  const refund = await stripe.refunds.create({ payment_intent: session.payment_intent, amount: 1000 });
  await stripe.refunds.update(refund.id, { metadata: { why: 'x' } });
  assert.equal((await stripe.refunds.retrieve(refund.id)).metadata.why, 'x');
  assert.equal((await stripe.refunds.list({ payment_intent: session.payment_intent })).data.length, 1);
  await assert.rejects(stripe.refunds.create({ payment_intent: session.payment_intent, amount: 4001 }), { statusCode: 400 });
  assert.equal((await stripe.checkout.sessions.list({ payment_intent: session.payment_intent })).data.length, 1);
});

test('a Checkout session asks for an address', async () => {
  const { stripe } = newAccount();
  const asked = { allowed_countries: ['US', 'CA'] };
  const made = await stripe.checkout.sessions.create(sessionParams(ticket, { mode: 'payment', customer_email: 'b@example.com', shipping_address_collection: asked }));
  assert.deepEqual([made.shipping_address_collection, made.collected_information], [asked, null]);
  await standIn.control('POST', 'sessions/complete', { session: made.id, how: 'paid' });
  const paid = await stripe.checkout.sessions.retrieve(made.id);
  assert.equal(paid.collected_information.shipping_details.address.country, 'US');
});

test('subscription mode applies the balance, payment mode does not', async () => {
  const { stripe } = newAccount();
  const { id } = await stripe.customers.create({ email: 'c@example.com' });
  await stripe.customers.createBalanceTransaction(id, { amount: -1500, currency: 'usd' });
  await stripe.checkout.sessions.create(sessionParams(ticket, { mode: 'payment', customer: id }));
  assert.equal((await stripe.customers.retrieve(id)).balance, -1500);
  const session = await stripe.checkout.sessions.create(sessionParams(membership, { mode: 'subscription', customer: id }));
  assert.match(await (await fetch(session.url)).text(), /Applied balance.*−\$15\.00.*Total due.*\$5\.00/s);
  assert.equal((await stripe.customers.retrieve(id)).balance, 0);
  const [spent] = (await stripe.customers.listBalanceTransactions(id)).data;
  assert.deepEqual([spent.type, spent.amount, spent.checkout_session], ['checkout_session_subscription_payment', 1500, session.id]);
  const expired = await stripe.checkout.sessions.expire(session.id);
  assert.deepEqual([expired.status, expired.url], ['expired', null]);
  assert.equal((await stripe.customers.retrieve(id)).balance, -1500);
});

test('events are delivered with a signature and stored', async () => {
  const { key, stripe } = newAccount();
  const hook = await receiver();
  await standIn.control('POST', 'webhooks', { secret_key: key, url: hook.url, signing_secrets: ['whsec_old', 'whsec_new'] });
  const session = await stripe.checkout.sessions.create(sessionParams(membership, { mode: 'subscription' }));
  await standIn.control('POST', 'sessions/complete', { session: session.id, how: 'paid', email: 'd@example.com' });
  await standIn.control('GET', `deliveries/idle?secret_key=${key}`);
  assert.ok(hook.deliveries.length >= 2);
  const types = [];
  for (const { body, signature } of hook.deliveries) {
    for (const secret of ['whsec_old', 'whsec_new']) {
      const event = stripe.webhooks.constructEvent(body, signature, secret);
      types.push(event.type);
    }
    assert.throws(() => stripe.webhooks.constructEvent(body, signature, 'whsec_other'));
    validate(JSON.parse(body));
  }
  assert.ok(types.includes('customer.created') && types.includes('checkout.session.completed'));
  const [event] = (await stripe.events.list({ type: 'checkout.session.completed' })).data;
  const stored = await stripe.events.retrieve(event.id);
  assert.deepEqual([stored.data.object.id, stored.data.object.payment_status, stored.pending_webhooks], [session.id, 'paid', 0]);
  assert.ok(stored.data.object.customer && stored.data.object.subscription);
  await hook.close();
});

test('webhook endpoints made by API', async () => {
  const { key, stripe } = newAccount();
  const hook = await receiver();
  const made = await stripe.webhookEndpoints.create({ url: hook.url, enabled_events: ['customer.created'], api_version: '2026-10-28.endive', description: 'ours', metadata: { site: '1' } });
  assert.match(made.secret, /^whsec_/);
  await stripe.customers.create({ name: 'x' });
  await standIn.control('GET', `deliveries/idle?secret_key=${key}`);
  const [{ body, signature }] = hook.deliveries;
  assert.equal(stripe.webhooks.constructEvent(body, signature, made.secret).type, 'customer.created');
  assert.throws(() => stripe.webhooks.constructEvent(body, signature, 'whsec_other'));
  validate(JSON.parse(body));
  assert.equal((await stripe.webhookEndpoints.retrieve(made.id)).secret, undefined);
  const updated = await stripe.webhookEndpoints.update(made.id, { disabled: true, enabled_events: ['*'], description: '' });
  assert.deepEqual([updated.status, updated.enabled_events, updated.description], ['disabled', ['*'], null]);
  assert.deepEqual((await stripe.webhookEndpoints.list()).data.map((one) => one.id), [made.id]);
  assert.equal((await stripe.webhookEndpoints.del(made.id)).deleted, true);
  await assert.rejects(stripe.webhookEndpoints.retrieve(made.id), { statusCode: 404, code: 'resource_missing' });
  await assert.rejects(stripe.webhookEndpoints.create({ url: hook.url, enabled_events: ['customer.born'] }), { statusCode: 400, param: 'enabled_events[0]' });
  await assert.rejects(standIn.sdk('rk_test_nowebhooks').webhookEndpoints.list(), Stripe.errors.StripePermissionError);
  await hook.close();
});

test('the SDK retries after faults without executing a request twice', async () => {
  const { key } = newAccount();
  const stripe = standIn.sdk(key, { maxNetworkRetries: 2 });
  for (const kind of ['drop_after', 'fail_before', '409', 'drop_before']) {
    await standIn.control('POST', 'faults', { kind, method: 'POST', path_prefix: '/v1/customers', secret_key: key });
    await stripe.customers.create({ name: kind });
  }
  const names = (await stripe.customers.list()).data.map((one) => one.name);
  assert.deepEqual(names, ['drop_before', '409', 'fail_before', 'drop_after']);
  const options = { idempotencyKey: 'row-1' };
  const first = await stripe.customers.create({ name: 'x' }, options);
  const second = await stripe.customers.create({ name: 'x' }, options);
  assert.equal(first.id, second.id);
  assert.equal(second.lastResponse.headers.get('idempotent-replayed'), 'true');
  await assert.rejects(stripe.customers.create({ name: 'y' }, options), Stripe.errors.StripeIdempotencyError);
});

test('invalid keys and parameters are refused as at Stripe', async () => {
  const { stripe } = newAccount();
  await assert.rejects(standIn.sdk('sk_test_invalid').customers.list(), Stripe.errors.StripeAuthenticationError);
  await assert.rejects(standIn.sdk('pk_test_1').customers.list(), { code: 'secret_key_required' });
  const nested = sessionParams({ ...ticket, colour: 'red' }, { mode: 'payment' });
  await assert.rejects(stripe.checkout.sessions.create(nested), { code: 'parameter_unknown', param: 'line_items[0][price_data][colour]' });
  const old = sessionParams(ticket, { mode: 'payment', payment_method_types: ['card'] });
  await assert.rejects(stripe.checkout.sessions.create(old), { code: 'parameter_unknown', param: 'payment_method_types' });
  const { currency, ...without } = ticket;
  await assert.rejects(stripe.checkout.sessions.create(sessionParams(without, { mode: 'payment' })), { code: 'parameter_missing', param: 'line_items[0][price_data][currency]' });
});

test('each connected account has its own store', async () => {
  const { stripe } = newAccount();
  const made = await stripe.customers.create({ name: 'x' }, { stripeAccount: 'acct_1' });
  await assert.rejects(stripe.customers.retrieve(made.id), { statusCode: 404 });
  assert.equal((await stripe.customers.retrieve(made.id, {}, { stripeAccount: 'acct_1' })).id, made.id);
});

test('the account of a key', async () => {
  const account = (key) => standIn.sdk(key).accounts.retrieveCurrent();
  const { id } = await account('sk_test_owner');
  assert.match(id, /^acct_/);
  assert.equal((await account('sk_live_owner')).id, id);
  assert.notEqual((await account('sk_test_another')).id, id);
  await assert.rejects(account('rk_test_owner'), { statusCode: 403 });
});

test('a subscription is canceled once', async () => {
  const { stripe } = newAccount();
  const session = await stripe.checkout.sessions.create(sessionParams(membership, { mode: 'subscription', customer_email: 'a@example.com' }));
  await standIn.control('POST', 'sessions/complete', { session: session.id, how: 'paid' });
  const { subscription } = await stripe.checkout.sessions.retrieve(session.id);
  assert.equal((await stripe.subscriptions.retrieve(subscription)).status, 'active');
  assert.equal((await stripe.subscriptions.cancel(subscription)).status, 'canceled');
  await assert.rejects(stripe.subscriptions.cancel(subscription), { statusCode: 404, code: 'resource_missing' });
});

test('refunds and disputes', async (t) => {
  const { key, stripe } = newAccount();
  const hook = await receiver();
  t.after(() => hook.close());
  await standIn.control('POST', 'webhooks', { secret_key: key, url: hook.url, signing_secrets: ['whsec_a'] });
  const made = await stripe.checkout.sessions.create(sessionParams(ticket, { mode: 'payment', customer_email: 'b@example.com' }));
  await standIn.control('POST', 'sessions/complete', { session: made.id, how: 'paid', card: 'shared' });
  const { payment_intent } = await stripe.checkout.sessions.retrieve(made.id);
  const intent = await stripe.paymentIntents.retrieve(payment_intent, { expand: ['latest_charge'] });
  assert.deepEqual([intent.status, intent.amount_received, intent.latest_charge.status], ['succeeded', 5000, 'succeeded']);
  assert.match(intent.latest_charge.payment_method_details.card.fingerprint, /^\w{16}$/);
  await standIn.control('POST', 'refunds/plan', { secret_key: key, status: 'pending' });
  const refund = await stripe.refunds.create({ payment_intent, amount: 1000, metadata: { refund_token: 't' } }, { idempotencyKey: 'refund-1' });
  assert.deepEqual([refund.status, refund.metadata.refund_token], ['pending', 't']);
  await standIn.control('POST', 'refunds/settle', { refund: refund.id, status: 'failed' });
  assert.equal((await stripe.refunds.retrieve(refund.id)).failure_reason, 'expired_or_canceled_card');
  await standIn.control('POST', 'refunds', { payment_intent, amount: 500 });
  const charge = await stripe.charges.retrieve(intent.latest_charge.id);
  assert.deepEqual([charge.amount_refunded, charge.refunded], [500, false]);
  assert.equal((await stripe.charges.list({ payment_intent })).data.length, 1);
  assert.equal((await stripe.paymentIntents.list()).data.length, 1);
  const inquiry = await standIn.control('POST', 'disputes', { payment_intent, kind: 'inquiry' });
  await standIn.control('POST', 'disputes/settle', { dispute: inquiry.id, status: 'needs_response' });
  await assert.rejects(stripe.refunds.create({ payment_intent }), { statusCode: 400, code: 'charge_disputed' });
  await standIn.control('POST', 'disputes/settle', { dispute: inquiry.id, status: 'won' });
  const [dispute] = (await stripe.disputes.list({ payment_intent })).data;
  assert.deepEqual([dispute.id, dispute.status, dispute.amount], [inquiry.id, 'won', 4500]);
  assert.equal((await stripe.disputes.update(dispute.id, { metadata: { a: 'b' } })).metadata.a, 'b');
  assert.equal((await stripe.disputes.retrieve(dispute.id)).reason, 'fraudulent');
  assert.equal((await stripe.refunds.create({ payment_intent })).amount, 4500);
  await assert.rejects(stripe.refunds.create({ payment_intent }), { statusCode: 400, code: 'charge_already_refunded' });
  await standIn.control('GET', `deliveries/idle?secret_key=${key}`);
  const types = hook.deliveries.map(({ body, signature }) => {
    const event = stripe.webhooks.constructEvent(body, signature, 'whsec_a');
    validate(event.data.object);
    return event.type;
  });
  for (const type of ['charge.succeeded', 'refund.created', 'refund.updated', 'refund.failed', 'charge.refunded', 'charge.dispute.created', 'charge.dispute.updated', 'charge.dispute.closed', 'charge.dispute.funds_withdrawn', 'charge.dispute.funds_reinstated']) {
    assert.ok(types.includes(type), type);
  }
});

test('a subscription is renewed, fails, and ends', async (t) => {
  const { key, stripe } = newAccount();
  const hook = await receiver();
  t.after(() => hook.close());
  await standIn.control('POST', 'webhooks', { secret_key: key, url: hook.url, signing_secrets: ['whsec_a'] });
  const customer = await stripe.customers.create({ email: 'c@example.com' });
  const made = await stripe.checkout.sessions.create(sessionParams(membership, { mode: 'subscription', customer: customer.id, subscription_data: { metadata: { token: 't' } } }));
  await standIn.control('POST', 'sessions/complete', { session: made.id, how: 'paid' });
  const session = await stripe.checkout.sessions.retrieve(made.id, { expand: ['invoice', 'subscription'] });
  assert.equal(session.subscription.latest_invoice, session.invoice.id);
  assert.ok(session.subscription.items.data[0].current_period_end > session.created);
  const [payment] = (await stripe.invoicePayments.list({ invoice: session.invoice.id, status: 'paid' })).data;
  assert.equal((await stripe.invoicePayments.retrieve(payment.id)).amount_paid, 2000);
  assert.equal((await stripe.paymentIntents.retrieve(payment.payment.payment_intent)).amount, 2000);
  await stripe.customers.createBalanceTransaction(customer.id, { amount: -500, currency: 'usd' });
  const month = 32 * 24 * 60 * 60;
  await standIn.control('POST', 'clock', { seconds: month });
  const [renewal] = (await stripe.invoices.list({ subscription: session.subscription.id })).data;
  assert.deepEqual([renewal.billing_reason, renewal.total, renewal.amount_paid], ['subscription_cycle', 2000, 1500]);
  const [spent] = (await stripe.customers.listBalanceTransactions(customer.id)).data;
  assert.deepEqual([spent.type, spent.invoice], ['applied_to_invoice', renewal.id]);
  await standIn.control('POST', 'subscriptions/payments', { id: customer.id, fail: true });
  await standIn.control('POST', 'clock', { seconds: month });
  assert.equal((await stripe.subscriptions.retrieve(session.subscription.id)).status, 'past_due');
  await standIn.control('POST', 'subscriptions/payments', { id: customer.id, fail: false });
  await standIn.control('POST', 'clock', { seconds: 8 * 24 * 60 * 60 });
  const set = await stripe.subscriptions.update(session.subscription.id, { cancel_at_period_end: true });
  assert.deepEqual([set.status, set.cancel_at], ['active', set.items.data[0].current_period_end]);
  await standIn.control('POST', 'clock', { seconds: month });
  const [ended] = (await stripe.subscriptions.list({ customer: customer.id, status: 'all' })).data;
  assert.deepEqual([ended.status, ended.ended_at, ended.metadata.token], ['canceled', set.cancel_at, 't']);
  await assert.rejects(stripe.subscriptions.update(ended.id, { cancel_at_period_end: false }), { statusCode: 400 });
  await standIn.control('GET', `deliveries/idle?secret_key=${key}`);
  const types = hook.deliveries.map(({ body, signature }) => {
    const event = stripe.webhooks.constructEvent(body, signature, 'whsec_a');
    validate(event.data.object);
    return event.type;
  });
  for (const type of ['invoice.paid', 'invoice.payment_failed', 'customer.subscription.created', 'customer.subscription.updated', 'customer.subscription.deleted']) {
    assert.ok(types.includes(type), type);
  }
});

test('the billing portal', async () => {
  const { stripe } = newAccount();
  const made = await stripe.checkout.sessions.create(sessionParams(membership, { mode: 'subscription', customer_email: 'p@example.com' }));
  await standIn.control('POST', 'sessions/complete', { session: made.id, how: 'paid' });
  const { customer, subscription } = await stripe.checkout.sessions.retrieve(made.id);
  const return_url = 'https://shop.test/account';
  await assert.rejects(stripe.billingPortal.sessions.create({ customer, return_url }), { statusCode: 400 });
  const features = { customer_update: { enabled: false }, invoice_history: { enabled: true }, payment_method_update: { enabled: true }, subscription_cancel: { enabled: true, mode: 'at_period_end', cancellation_reason: { enabled: true, options: ['unused', 'other'] } } };
  const configuration = await stripe.billingPortal.configurations.create({ features, login_page: { enabled: true }, default_return_url: return_url, business_profile: { headline: 'Range' }, metadata: { site: '1' } });
  assert.deepEqual(configuration.features.subscription_cancel.cancellation_reason.options, ['unused', 'other']);
  assert.match(await (await fetch(configuration.login_page.url)).text(), /Log in/);
  const session = await stripe.billingPortal.sessions.create({ customer, configuration: configuration.id, return_url });
  assert.match(await (await fetch(session.url)).text(), /Simulated billing portal.*Cancel subscription/s);
  const pressed = await fetch(session.url, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ action: 'cancel', subscription }) });
  assert.equal(pressed.status, 303);
  assert.equal((await stripe.subscriptions.retrieve(subscription)).cancel_at_period_end, true);
  const updated = await stripe.billingPortal.configurations.update(configuration.id, { active: false, login_page: { enabled: false } });
  assert.deepEqual([updated.active, updated.login_page], [false, { enabled: false, url: null }]);
  assert.equal((await stripe.billingPortal.configurations.retrieve(configuration.id)).metadata.site, '1');
  assert.equal((await stripe.billingPortal.configurations.list({ active: false })).data.length, 1);
});

test('the store file survives a restart', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'stand-in-'));
  const file = join(folder, 'store.json');
  const first = await start('--books', file);
  const made = await first.sdk('sk_test_a').customers.create({ name: 'stored' });
  await first.stop();
  const second = await start('--books', file);
  assert.equal((await second.sdk('sk_test_a').customers.retrieve(made.id)).name, 'stored');
  await second.stop();
  rmSync(folder, { recursive: true });
});

test('every kind of object was validated', () => {
  const seen = ['account', 'billing_portal.configuration', 'billing_portal.session', 'charge', 'checkout.session', 'coupon', 'customer', 'customer_balance_transaction', 'dispute', 'event', 'invoice', 'invoice_payment', 'item', 'payment_intent', 'price', 'product', 'refund', 'subscription', 'webhook_endpoint'];
  assert.deepEqual([...validated.keys()].sort(), seen);
  assert.throws(() => validate({ object: 'customer', id: 'cus_1' }));
});
