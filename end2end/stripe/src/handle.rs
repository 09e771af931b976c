//! The handle that Rust tests hold: every control as a method.

use std::{path::PathBuf, sync::Arc};

use serde_json::Value;
use tokio::task::JoinHandle;

use crate::{
    book_file::{self},
    checkout::finish,
    delivery::{self, wait},
    faults, seed,
    types::{
        Delivery, DeliveryPlan, Endpoint, Fault, How, Order, Problem, Received, Seed, Settlement,
    },
    world::Shared,
};

/// A running stand-in. It stops when this is dropped.
pub struct StandIn {
    /// `http://127.0.0.1:PORT/`, with the slash, as Stripe's client libraries want it.
    pub base_url: String,
    pub(crate) books: Option<PathBuf>,
    pub(crate) shared: Arc<Shared>,
    pub(crate) server: JoinHandle<()>,
}

impl StandIn {
    /// Registers a webhook endpoint, or replaces the one with the same key and URL.
    pub fn register(&self, endpoint: Endpoint) {
        delivery::register(&self.shared, endpoint);
    }

    /// Removes a webhook endpoint; its deliveries end. Tells whether there was one.
    pub fn unregister(&self, secret_key: &str, url: &str) -> bool {
        delivery::unregister(&self.shared, secret_key, url)
    }

    /// Spoils the next calls that match; faults set earlier are used up first.
    pub fn fault(&self, fault: Fault) {
        faults::arm(&self.shared, fault);
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
    pub fn plan(&self, plan: DeliveryPlan) {
        self.shared.change(|world| world.plans.push(plan));
    }

    /// The account of `of` has the secret key `new` as well. Its books, webhooks and deliveries go by
    /// its first key.
    pub fn add_key(&self, of: &str, new: &str) {
        self.shared.change(|world| world.add_key(of, new));
    }

    /// This key is refused from now on.
    pub fn expire_key(&self, secret_key: &str) {
        self.shared
            .change(|world| world.expired.insert(secret_key.to_owned()));
    }

    /// Rolls the secret key of an account: it has a new one, and the old one expires at once.
    pub fn roll_key(&self, old: &str, new: &str) {
        self.add_key(old, new);
        self.expire_key(old);
    }

    /// Keeps back every delivery of this key that has not begun, until [`StandIn::release`].
    pub fn hold(&self, secret_key: &str) {
        delivery::hold(&self.shared, secret_key);
    }

    /// Sends what was held, one after the other in this order, and holds no more. Gives their number.
    pub fn release(&self, secret_key: &str, order: Order) -> usize {
        delivery::release(&self.shared, secret_key, order)
    }

    /// Sends an event once more, to every endpoint of its key. Gives the number of deliveries.
    pub fn resend(&self, event: &str) -> Result<usize, Problem> {
        delivery::resend(&self.shared, event)
    }

    /// Completes a session as the pay page would. Gives the session.
    pub fn complete(&self, session: &str, how: How, email: Option<&str>) -> Result<Value, Problem> {
        finish::complete(&self.shared, session, how, email)
    }

    /// Ends the slow payment of a session that was completed unpaid. Gives the session.
    pub fn settle(&self, session: &str, settlement: Settlement) -> Result<Value, Problem> {
        finish::settle(&self.shared, session, settlement)
    }

    /// Expires an open session. Gives the session.
    pub fn expire(&self, session: &str) -> Result<Value, Problem> {
        finish::expire(&self.shared, session)
    }

    /// Moves the clock on by so many seconds; sessions whose time is over expire.
    pub fn advance(&self, seconds: i64) {
        finish::advance(&self.shared, seconds);
    }

    /// The stand-in's time, in seconds since 1970, UTC.
    pub fn now(&self) -> i64 {
        self.shared.read(|world| world.clock.now())
    }

    /// Everything in one store: `customers`, `balance_transactions`, `sessions`, `events`, … as
    /// Stripe's objects, oldest first, and `deliveries`.
    pub fn books(&self, secret_key: &str, account: Option<&str>) -> Value {
        self.shared.read(|world| world.dump(secret_key, account))
    }

    /// Every call received so far under `/v1/`, oldest first.
    pub fn requests(&self) -> Vec<Received> {
        self.shared.read(|world| world.requests.clone())
    }

    /// Every delivery so far of this key's events, oldest first.
    pub fn deliveries(&self, secret_key: &str) -> Vec<Delivery> {
        self.shared.read(|world| world.deliveries_of(secret_key))
    }

    /// Puts demo data into a store; what is there already stays as it is.
    pub fn seed(&self, seed: Seed) -> Result<(), Problem> {
        seed::plant(&self.shared, seed)
    }

    /// Forgets everything but the endpoints given at the start.
    pub fn reset(&self) {
        self.shared.reset();
    }

    /// Waits until `count` deliveries of this event type (of this key) were answered with a 2xx.
    pub async fn delivered(
        &self,
        secret_key: &str,
        event_type: &str,
        count: usize,
    ) -> Result<Vec<Delivery>, Problem> {
        wait::delivered(&self.shared, secret_key, event_type, count).await
    }

    /// Waits until `count` delivery attempts of this event type were made, whatever the answer.
    pub async fn attempted(
        &self,
        secret_key: &str,
        event_type: &str,
        count: usize,
    ) -> Result<Vec<Delivery>, Problem> {
        wait::attempted(&self.shared, secret_key, event_type, count).await
    }

    /// Waits until `count` calls were received with this method and a path that begins so; a hanging
    /// call counts as soon as it is received.
    pub async fn received(
        &self,
        method: &str,
        path_prefix: &str,
        count: usize,
    ) -> Result<Vec<Received>, Problem> {
        let found = |world: &crate::world::World| {
            let calls: Vec<_> = world.received(method, path_prefix).cloned().collect();
            (calls.len() >= count).then_some(calls)
        };
        self.shared.wait_for(found, "calls received").await
    }

    /// Waits until no call is under way, also none whose caller has hung up.
    pub async fn quiet(&self) -> Result<(), Problem> {
        let quiet = |world: &crate::world::World| (world.under_way == 0).then_some(());
        self.shared.wait_for(quiet, "calls still under way").await
    }

    /// Waits until no delivery of this key is under way (held ones do not count).
    pub async fn idle(&self, secret_key: &str) -> Result<(), Problem> {
        wait::idle(&self.shared, secret_key).await
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.server.abort();
        if let Some(path) = &self.books
            && let Err(error) = book_file::save(&self.shared, path)
        {
            eprintln!(
                "the books could not be saved to {}: {error}",
                path.display()
            );
        }
    }
}
