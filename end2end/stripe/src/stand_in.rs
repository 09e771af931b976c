//! The handle that Rust tests use: every control is a method.

use std::{path::PathBuf, sync::Arc};

use serde_json::Value;
use tokio::task::JoinHandle;

use crate::{
    checkout::completion,
    dashboard,
    delivery::{self, wait},
    faults, passing, seed,
    state::SharedState,
    store_file,
    types::{
        AsyncPaymentResult, CancelWhen, ControlError, Delivery, DeliveryPlan, DisputeKind,
        DisputeStatus, Endpoint, Fault, PaymentStatus, ReceivedRequest, RefundPlan, RefundStatus,
        ReleaseOrder, Seed, SeedPayment,
    },
};

/// A running stand-in. Dropping it stops it.
pub struct StandIn {
    /// `http://127.0.0.1:PORT/`, with the trailing slash that Stripe's client libraries expect.
    pub base_url: String,
    pub(crate) store_file: Option<PathBuf>,
    pub(crate) shared: Arc<SharedState>,
    pub(crate) server: JoinHandle<()>,
}

impl StandIn {
    /// Registers a webhook endpoint, or replaces the one with the same key and URL.
    pub fn register_endpoint(&self, endpoint: Endpoint) {
        delivery::register_endpoint(&self.shared, endpoint);
    }

    /// Removes a webhook endpoint; its pending deliveries end. Returns whether it existed.
    pub fn remove_endpoint(&self, secret_key: &str, url: &str) -> bool {
        delivery::remove_endpoint(&self.shared, secret_key, url)
    }

    /// Makes the next matching requests fail. Faults added earlier are used first.
    pub fn fault(&self, fault: Fault) {
        faults::inject(&self.shared, fault);
    }

    /// Removes all faults. Returns how many more requests they would have affected.
    pub fn clear_faults(&self) -> u32 {
        faults::clear(&self.shared)
    }

    /// Lets all requests continue that a fault keeps hanging.
    pub fn release_hung(&self) {
        faults::release_hung(&self.shared);
    }

    /// Duplicates, delays or drops the next deliveries that match.
    pub fn plan_deliveries(&self, plan: DeliveryPlan) {
        self.shared.change(|state| state.plans.push(plan));
    }

    /// Gives the account of the secret key `of` the further key `new`. Its store, endpoints and
    /// deliveries keep the name of its first key.
    pub fn add_key(&self, of: &str, new: &str) {
        self.shared.change(|state| state.add_key(of, new));
    }

    /// From now on requests with this key get a 401.
    pub fn expire_key(&self, secret_key: &str) {
        self.shared
            .change(|state| state.expired_keys.insert(secret_key.to_owned()));
    }

    /// Rolls an account's secret key: adds the new one and expires the old one at once.
    pub fn roll_key(&self, old: &str, new: &str) {
        self.add_key(old, new);
        self.expire_key(old);
    }

    /// Holds all deliveries of this key that were not sent yet, and all new ones, until
    /// [`StandIn::release_deliveries`].
    pub fn hold_deliveries(&self, secret_key: &str) {
        delivery::hold(&self.shared, secret_key);
    }

    /// Sends the held deliveries one after the other in the given order, and holds no more. Returns
    /// their number.
    pub fn release_deliveries(&self, secret_key: &str, order: ReleaseOrder) -> usize {
        delivery::release(&self.shared, secret_key, order)
    }

    /// Sends an event again to every endpoint of its key. Returns the number of deliveries.
    pub fn resend(&self, event: &str) -> Result<usize, ControlError> {
        delivery::resend(&self.shared, event)
    }

    /// Completes a Checkout session as the pay page does. Returns the session.
    pub fn complete(
        &self,
        session: &str,
        payment_status: PaymentStatus,
        email: Option<&str>,
    ) -> Result<Value, ControlError> {
        completion::complete(&self.shared, session, payment_status, email, None)
    }

    /// The same with the card that has this name, for which each account sees one fingerprint. Otherwise
    /// each buyer has a card of its own.
    pub fn complete_with_card(
        &self,
        session: &str,
        payment_status: PaymentStatus,
        email: Option<&str>,
        card: &str,
    ) -> Result<Value, ControlError> {
        completion::complete(&self.shared, session, payment_status, email, Some(card))
    }

    /// Ends the asynchronous payment of a session that was completed unpaid. Returns the session.
    pub fn finish_async_payment(
        &self,
        session: &str,
        result: AsyncPaymentResult,
    ) -> Result<Value, ControlError> {
        completion::finish_async_payment(&self.shared, session, result)
    }

    /// Expires an open Checkout session. Returns the session.
    pub fn expire(&self, session: &str) -> Result<Value, ControlError> {
        completion::expire_by_id(&self.shared, session)
    }

    /// Moves the clock forward. Sessions whose `expires_at` has passed expire; subscriptions are renewed,
    /// tried again, or end, each at its moment.
    pub fn advance_clock(&self, seconds: i64) {
        passing::advance(&self.shared, seconds);
    }

    /// Moves the clock forward together with that of the endpoints, which compare a signature's time
    /// with theirs.
    pub fn pass_time(&self, seconds: i64) {
        self.shared.change(|state| state.endpoints_ahead += seconds);
        self.advance_clock(seconds);
    }

    /// Makes a payment that no Checkout session made, with an id of the caller's.
    pub fn seed_payment(&self, payment: SeedPayment) -> Result<Value, ControlError> {
        dashboard::seed_payment(&self.shared, payment)
    }

    /// Refunds a part of a payment as in Stripe's dashboard; `None` is all that is left. Returns the
    /// refund.
    pub fn refund(
        &self,
        payment_intent: &str,
        amount: Option<i64>,
        status: RefundStatus,
    ) -> Result<Value, ControlError> {
        dashboard::refund(&self.shared, payment_intent, amount, status)
    }

    /// Gives a refund another status, as the bank does later. Returns the refund.
    pub fn settle_refund(&self, refund: &str, status: RefundStatus) -> Result<Value, ControlError> {
        dashboard::settle_refund(&self.shared, refund, status)
    }

    /// Says what the next refunds made by API begin as; otherwise they have succeeded.
    pub fn plan_refunds(&self, plan: RefundPlan) {
        self.shared.change(|state| state.refund_plans.push(plan));
    }

    /// Disputes what is left of a payment. Returns the dispute.
    pub fn dispute(&self, payment_intent: &str, kind: DisputeKind) -> Result<Value, ControlError> {
        dashboard::dispute(&self.shared, payment_intent, kind)
    }

    /// Gives a dispute another status, as the bank does later. Returns the dispute.
    pub fn settle_dispute(
        &self,
        dispute: &str,
        status: DisputeStatus,
    ) -> Result<Value, ControlError> {
        dashboard::settle_dispute(&self.shared, dispute, status)
    }

    /// Makes the card that pays a subscription (`sub_…`), or all those of a customer (`cus_…`), fail
    /// from now on, or work again.
    pub fn fail_payments(&self, id: &str, fail: bool) -> Result<Value, ControlError> {
        dashboard::fail_payments(&self.shared, id, fail)
    }

    /// Cancels a subscription as in Stripe's dashboard. Returns the subscription.
    pub fn cancel_subscription(
        &self,
        subscription: &str,
        when: CancelWhen,
    ) -> Result<Value, ControlError> {
        dashboard::cancel_subscription(&self.shared, subscription, when)
    }

    /// The stand-in's time, in seconds since 1970, UTC.
    pub fn now(&self) -> i64 {
        self.shared.read(|state| state.clock.now())
    }

    /// All objects of one store as Stripe's JSON, oldest first, under `customers`,
    /// `balance_transactions`, `sessions`, `events`, … and `deliveries`.
    pub fn objects(&self, secret_key: &str, account: Option<&str>) -> Value {
        self.shared.read(|state| state.objects(secret_key, account))
    }

    /// All requests received so far under `/v1/`, oldest first.
    pub fn requests(&self) -> Vec<ReceivedRequest> {
        self.shared.read(|state| state.requests.clone())
    }

    /// All deliveries so far of this key's events, oldest first.
    pub fn deliveries(&self, secret_key: &str) -> Vec<Delivery> {
        self.shared.read(|state| state.deliveries_of(secret_key))
    }

    /// Inserts demo data into a store. Objects that exist already are not changed.
    pub fn seed(&self, seed: Seed) -> Result<(), ControlError> {
        seed::insert(&self.shared, seed)
    }

    /// Deletes everything except the endpoints given at the start.
    pub fn reset(&self) {
        self.shared.reset();
    }

    /// Waits until `count` deliveries of this key's events of this type were answered with a 2xx.
    pub async fn wait_until_delivered(
        &self,
        secret_key: &str,
        event_type: &str,
        count: usize,
    ) -> Result<Vec<Delivery>, ControlError> {
        wait::delivered(&self.shared, secret_key, event_type, count).await
    }

    /// Waits until `count` delivery attempts for this event type were made, whatever the response.
    pub async fn wait_until_attempted(
        &self,
        secret_key: &str,
        event_type: &str,
        count: usize,
    ) -> Result<Vec<Delivery>, ControlError> {
        wait::attempted(&self.shared, secret_key, event_type, count).await
    }

    /// Waits until `count` requests with this method and path prefix were received. A hanging
    /// request counts as soon as it is received.
    pub async fn wait_until_received(
        &self,
        method: &str,
        path_prefix: &str,
        count: usize,
    ) -> Result<Vec<ReceivedRequest>, ControlError> {
        let found = |state: &crate::state::StripeState| {
            let requests: Vec<_> = state
                .requests_matching(method, path_prefix)
                .cloned()
                .collect();
            (requests.len() >= count).then_some(requests)
        };
        self.shared.wait_for(found, "requests to be received").await
    }

    /// Waits until no request is running, including requests whose client has disconnected.
    pub async fn wait_until_requests_finish(&self) -> Result<(), ControlError> {
        let finished =
            |state: &crate::state::StripeState| (state.running_requests == 0).then_some(());
        self.shared
            .wait_for(finished, "running requests to finish")
            .await
    }

    /// Waits until no delivery of this key is pending. Held deliveries do not count.
    pub async fn wait_until_deliveries_finish(&self, secret_key: &str) -> Result<(), ControlError> {
        wait::finished(&self.shared, secret_key).await
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.server.abort();
        if let Some(path) = &self.store_file
            && let Err(error) = store_file::save(&self.shared, path)
        {
            eprintln!(
                "the objects could not be saved to {}: {error}",
                path.display()
            );
        }
    }
}
