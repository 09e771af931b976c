//! The handle that Rust tests hold: every control as a method.

use std::{path::PathBuf, sync::Arc};

use serde_json::Value;
use tokio::task::JoinHandle;

use crate::{
    checkout::completion,
    delivery::{self, wait},
    faults, seed,
    state::SharedState,
    store_file,
    types::{
        AsyncPaymentResult, ControlError, Delivery, DeliveryPlan, Endpoint, Fault, PaymentStatus,
        ReceivedRequest, ReleaseOrder, Seed,
    },
};

/// A running stand-in. It stops when this is dropped.
pub struct StandIn {
    /// `http://127.0.0.1:PORT/`, with the slash, as Stripe's client libraries want it.
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

    /// Removes a webhook endpoint; its deliveries end. Tells whether there was one.
    pub fn remove_endpoint(&self, secret_key: &str, url: &str) -> bool {
        delivery::remove_endpoint(&self.shared, secret_key, url)
    }

    /// Spoils the next calls that match; faults set earlier are used up first.
    pub fn fault(&self, fault: Fault) {
        faults::inject(&self.shared, fault);
    }

    /// Forgets the faults that were not used up. Gives how many calls they would still have spoilt.
    pub fn clear_faults(&self) -> u32 {
        faults::clear(&self.shared)
    }

    /// Lets every hanging call go on.
    pub fn release_hung(&self) {
        faults::release_hung(&self.shared);
    }

    /// Duplicates, delays or loses the next deliveries that match.
    pub fn plan_deliveries(&self, plan: DeliveryPlan) {
        self.shared.change(|state| state.plans.push(plan));
    }

    /// The account of `of` has the secret key `new` as well. Its store, webhooks and deliveries go by
    /// its first key.
    pub fn add_key(&self, of: &str, new: &str) {
        self.shared.change(|state| state.add_key(of, new));
    }

    /// This key is refused from now on.
    pub fn expire_key(&self, secret_key: &str) {
        self.shared
            .change(|state| state.expired_keys.insert(secret_key.to_owned()));
    }

    /// Rolls the secret key of an account: it has a new one, and the old one expires at once.
    pub fn roll_key(&self, old: &str, new: &str) {
        self.add_key(old, new);
        self.expire_key(old);
    }

    /// Keeps back every delivery of this key that has not begun, until [`StandIn::release_deliveries`].
    pub fn hold_deliveries(&self, secret_key: &str) {
        delivery::hold(&self.shared, secret_key);
    }

    /// Sends what was held, one after the other in this order, and holds no more. Gives their number.
    pub fn release_deliveries(&self, secret_key: &str, order: ReleaseOrder) -> usize {
        delivery::release(&self.shared, secret_key, order)
    }

    /// Sends an event once more, to every endpoint of its key. Gives the number of deliveries.
    pub fn resend(&self, event: &str) -> Result<usize, ControlError> {
        delivery::resend(&self.shared, event)
    }

    /// Completes a session as the pay page would. Gives the session.
    pub fn complete(
        &self,
        session: &str,
        payment_status: PaymentStatus,
        email: Option<&str>,
    ) -> Result<Value, ControlError> {
        completion::complete(&self.shared, session, payment_status, email)
    }

    /// Ends the slow payment of a session that was completed unpaid. Gives the session.
    pub fn finish_async_payment(
        &self,
        session: &str,
        result: AsyncPaymentResult,
    ) -> Result<Value, ControlError> {
        completion::finish_async_payment(&self.shared, session, result)
    }

    /// Expires an open session. Gives the session.
    pub fn expire(&self, session: &str) -> Result<Value, ControlError> {
        completion::expire_by_id(&self.shared, session)
    }

    /// Moves the clock on by so many seconds; sessions whose time is over expire.
    pub fn advance_clock(&self, seconds: i64) {
        completion::advance_clock(&self.shared, seconds);
    }

    /// The stand-in's time, in seconds since 1970, UTC.
    pub fn now(&self) -> i64 {
        self.shared.read(|state| state.clock.now())
    }

    /// Everything in one store: `customers`, `balance_transactions`, `sessions`, `events`, … as
    /// Stripe's objects, oldest first, and `deliveries`.
    pub fn objects(&self, secret_key: &str, account: Option<&str>) -> Value {
        self.shared.read(|state| state.objects(secret_key, account))
    }

    /// Every call received so far under `/v1/`, oldest first.
    pub fn requests(&self) -> Vec<ReceivedRequest> {
        self.shared.read(|state| state.requests.clone())
    }

    /// Every delivery so far of this key's events, oldest first.
    pub fn deliveries(&self, secret_key: &str) -> Vec<Delivery> {
        self.shared.read(|state| state.deliveries_of(secret_key))
    }

    /// Puts demo data into a store; what is there already stays as it is.
    pub fn seed(&self, seed: Seed) -> Result<(), ControlError> {
        seed::insert(&self.shared, seed)
    }

    /// Forgets everything but the endpoints given at the start.
    pub fn reset(&self) {
        self.shared.reset();
    }

    /// Waits until `count` deliveries of this event type (of this key) were answered with a 2xx.
    pub async fn wait_until_delivered(
        &self,
        secret_key: &str,
        event_type: &str,
        count: usize,
    ) -> Result<Vec<Delivery>, ControlError> {
        wait::delivered(&self.shared, secret_key, event_type, count).await
    }

    /// Waits until `count` delivery attempts of this event type were made, whatever the answer.
    pub async fn wait_until_attempted(
        &self,
        secret_key: &str,
        event_type: &str,
        count: usize,
    ) -> Result<Vec<Delivery>, ControlError> {
        wait::attempted(&self.shared, secret_key, event_type, count).await
    }

    /// Waits until `count` calls were received with this method and a path that begins so; a hanging
    /// call counts as soon as it is received.
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
        self.shared.wait_for(found, "calls received").await
    }

    /// Waits until no call is under way, also none whose caller has hung up.
    pub async fn wait_until_requests_finish(&self) -> Result<(), ControlError> {
        let finished =
            |state: &crate::state::StripeState| (state.running_requests == 0).then_some(());
        self.shared
            .wait_for(finished, "calls still under way")
            .await
    }

    /// Waits until no delivery of this key is under way (held ones do not count).
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
