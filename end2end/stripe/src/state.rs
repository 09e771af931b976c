//! The whole state of a running stand-in, behind one lock, with a change notification for waiting
//! tests.

use std::{
    collections::{BTreeMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde_json::{Value, json};
use tokio::{
    runtime::Handle,
    sync::{mpsc::UnboundedSender, watch},
};

use crate::{
    authentication::Scope,
    clock::Clock,
    error::StripeError,
    store::Store,
    types::{ControlError, Delivery, DeliveryPlan, Endpoint, Fault, ReceivedRequest, RefundPlan},
};

/// How long a test waits for something before the wait fails.
const WAIT_TIMEOUT: Duration = Duration::from_secs(10);

/// A delivery to send: its id, and the delay before the first attempt in milliseconds.
pub type ScheduledDelivery = (u64, u64);

#[derive(Default)]
pub struct StripeState {
    pub clock: Clock,
    /// How many seconds the endpoints' clock is ahead of the machine's: they compare a signature's
    /// time with theirs.
    pub endpoints_ahead: i64,
    pub stores: BTreeMap<String, Store>,
    pub endpoints: Vec<Endpoint>,
    pub faults: Vec<Fault>,
    pub plans: Vec<DeliveryPlan>,
    pub refund_plans: Vec<RefundPlan>,
    pub keys_on_hold: HashSet<String>,
    /// Maps further secret keys to the first key of their account.
    pub first_keys: BTreeMap<String, String>,
    pub expired_keys: HashSet<String>,
    pub requests: Vec<ReceivedRequest>,
    /// Requests that have not finished yet.
    pub running_requests: usize,
    pub deliveries: Vec<Delivery>,
    pub scheduled: Vec<ScheduledDelivery>,
    /// Incremented by a reset. Requests and deliveries of an earlier generation are ignored.
    pub generation: u64,
}

impl StripeState {
    pub fn store(&mut self, scope: &Scope) -> &mut Store {
        self.stores.entry(scope.name()).or_default()
    }

    /// Gives the account of the secret key `of` the further key `new`.
    pub fn add_key(&mut self, of: &str, new: &str) {
        let first = self.first_key(of).to_owned();
        self.first_keys.insert(new.to_owned(), first);
    }

    /// The first secret key of the account, which names its store.
    pub fn first_key<'a>(&'a self, key: &'a str) -> &'a str {
        self.first_keys.get(key).map_or(key, String::as_str)
    }

    /// Returns the store that a request works on, or an error if its key has expired.
    pub fn authorize(&self, scope: Scope) -> Result<Scope, StripeError> {
        if self.expired_keys.contains(&scope.key) {
            return Err(StripeError::expired());
        }
        let key = self.first_key(&scope.key).to_owned();
        Ok(Scope { key, ..scope })
    }

    pub fn objects(&self, secret_key: &str, account: Option<&str>) -> Value {
        let scope = Scope {
            key: self.first_key(secret_key).into(),
            account: account.map(Into::into),
        };
        let empty = Store::default();
        let mut dump = self.stores.get(&scope.name()).unwrap_or(&empty).dump();
        dump.insert("deliveries".into(), json!(self.deliveries_of(secret_key)));
        Value::Object(dump)
    }

    pub fn deliveries_of(&self, secret_key: &str) -> Vec<Delivery> {
        let first = self.first_key(secret_key);
        let of_key = |delivery: &&Delivery| delivery.secret_key == first;
        self.deliveries.iter().filter(of_key).cloned().collect()
    }

    pub fn requests_matching<'a>(
        &'a self,
        method: &'a str,
        path_prefix: &'a str,
    ) -> impl Iterator<Item = &'a ReceivedRequest> {
        self.requests.iter().filter(move |request| {
            (method.is_empty() || request.method.eq_ignore_ascii_case(method))
                && request.path.starts_with(path_prefix)
        })
    }
}

/// The state as the tasks share it.
pub struct SharedState {
    state: Mutex<StripeState>,
    changed: watch::Sender<u64>,
    /// Passes new deliveries to the task that sends them.
    scheduler: UnboundedSender<ScheduledDelivery>,
    pub release_hung: watch::Sender<u64>,
    pub base_url: String,
    pub http: reqwest::Client,
    pub latency: Duration,
    runtime: Handle,
    initial_endpoints: Vec<Endpoint>,
}

impl SharedState {
    pub fn new(
        mut state: StripeState,
        base_url: String,
        http: reqwest::Client,
        runtime: Handle,
        scheduler: UnboundedSender<ScheduledDelivery>,
        latency: Duration,
    ) -> Self {
        let initial_endpoints = state.endpoints.clone();
        state.generation = 1;
        Self {
            state: Mutex::new(state),
            changed: watch::Sender::new(0),
            scheduler,
            release_hung: watch::Sender::new(0),
            base_url,
            http,
            latency,
            runtime,
            initial_endpoints,
        }
    }

    // If one test panics while it holds the lock, the other tests must not fail for a poisoned
    // lock.
    fn lock(&self) -> MutexGuard<'_, StripeState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn read<T>(&self, read: impl FnOnce(&StripeState) -> T) -> T {
        read(&self.lock())
    }

    /// Changes the state, notifies the waiting tests, and starts the deliveries that the change
    /// scheduled.
    pub fn change<T>(self: &Arc<Self>, change: impl FnOnce(&mut StripeState) -> T) -> T {
        let (result, scheduled) = {
            let mut state = self.lock();
            let result = change(&mut state);
            (result, std::mem::take(&mut state.scheduled))
        };
        for delivery in scheduled {
            // Sending fails only while the stand-in stops.
            self.scheduler.send(delivery).ok();
        }
        self.changed.send_modify(|count| *count += 1);
        result
    }

    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.runtime.spawn(task);
    }

    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Waits until `find` returns something. It runs after every change; there is no polling.
    pub async fn wait_for<T>(
        &self,
        find: impl Fn(&StripeState) -> Option<T>,
        what: &str,
    ) -> Result<T, ControlError> {
        let mut changes = self.changes();
        let search = async {
            loop {
                changes.borrow_and_update();
                if let Some(found) = self.read(&find) {
                    return Ok(found);
                }
                if changes.changed().await.is_err() {
                    return Err(ControlError("the stand-in stopped".into()));
                }
            }
        };
        match tokio::time::timeout(WAIT_TIMEOUT, search).await {
            Ok(found) => found,
            Err(_) => Err(ControlError(format!(
                "timed out after {WAIT_TIMEOUT:?} waiting for {what}"
            ))),
        }
    }

    pub fn reset(self: &Arc<Self>) {
        self.change(|state| {
            let generation = state.generation + 1;
            *state = StripeState {
                endpoints: self.initial_endpoints.clone(),
                running_requests: state.running_requests,
                generation,
                ..StripeState::default()
            };
        });
        self.release_hung.send_modify(|count| *count += 1);
    }
}
