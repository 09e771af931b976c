//! All that a running stand-in knows, behind one lock, with a bell for those who wait.

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
    account::Scope,
    books::Store,
    clock::Clock,
    error::StripeError,
    types::{Delivery, DeliveryPlan, Endpoint, Fault, Problem, Received},
};

/// How long a wait of a test may last before it fails with a word.
const PATIENCE: Duration = Duration::from_secs(10);

/// A delivery that is to begin: its id, and the milliseconds before its first attempt.
pub type Departure = (u64, u64);

/// The state.
#[derive(Default)]
pub struct World {
    pub clock: Clock,
    pub stores: BTreeMap<String, Store>,
    pub endpoints: Vec<Endpoint>,
    pub faults: Vec<Fault>,
    pub plans: Vec<DeliveryPlan>,
    pub holding: HashSet<String>,
    /// Further secret keys, and the first one of their account.
    pub first_keys: BTreeMap<String, String>,
    pub expired: HashSet<String>,
    pub requests: Vec<Received>,
    /// Calls that are not ended yet.
    pub under_way: usize,
    pub deliveries: Vec<Delivery>,
    pub departures: Vec<Departure>,
    /// Goes up at a reset, so that what was under way before it is left alone.
    pub era: u64,
}

impl World {
    pub fn store(&mut self, scope: &Scope) -> &mut Store {
        self.stores.entry(scope.name()).or_default()
    }

    /// The account of `of` has the secret key `new` as well.
    pub fn add_key(&mut self, of: &str, new: &str) {
        let first = self.first_key(of).to_owned();
        self.first_keys.insert(new.to_owned(), first);
    }

    /// The key that the account's books are named after.
    pub fn first_key<'a>(&'a self, key: &'a str) -> &'a str {
        self.first_keys.get(key).map_or(key, String::as_str)
    }

    /// Whose books a call is about, unless its key has expired.
    pub fn admitted(&self, scope: Scope) -> Result<Scope, StripeError> {
        if self.expired.contains(&scope.key) {
            return Err(StripeError::expired());
        }
        let key = self.first_key(&scope.key).to_owned();
        Ok(Scope { key, ..scope })
    }

    pub fn dump(&self, secret_key: &str, account: Option<&str>) -> Value {
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

    pub fn received<'a>(
        &'a self,
        method: &'a str,
        path_prefix: &'a str,
    ) -> impl Iterator<Item = &'a Received> {
        self.requests.iter().filter(move |call| {
            (method.is_empty() || call.method.eq_ignore_ascii_case(method))
                && call.path.starts_with(path_prefix)
        })
    }
}

/// The state as the tasks share it.
pub struct Shared {
    world: Mutex<World>,
    changed: watch::Sender<u64>,
    /// Deliveries that are to begin; somebody carries them.
    departing: UnboundedSender<Departure>,
    pub hung: watch::Sender<u64>,
    pub base_url: String,
    pub http: reqwest::Client,
    pub answer_after: Duration,
    runtime: Handle,
    given: Vec<Endpoint>,
}

impl Shared {
    pub fn new(
        mut world: World,
        base_url: String,
        http: reqwest::Client,
        runtime: Handle,
        departing: UnboundedSender<Departure>,
        answer_after: Duration,
    ) -> Self {
        let given = world.endpoints.clone();
        world.era = 1;
        Self {
            world: Mutex::new(world),
            changed: watch::Sender::new(0),
            departing,
            hung: watch::Sender::new(0),
            base_url,
            http,
            answer_after,
            runtime,
            given,
        }
    }

    // A test that panicked while it held the lock must not spoil the others' messages.
    fn lock(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn read<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        look(&self.lock())
    }

    /// Changes the state, rings the bell, and sends off the deliveries that the change made.
    pub fn change<T>(self: &Arc<Self>, act: impl FnOnce(&mut World) -> T) -> T {
        let (result, departures) = {
            let mut world = self.lock();
            let result = act(&mut world);
            (result, std::mem::take(&mut world.departures))
        };
        for departure in departures {
            // Nobody takes it any more: the stand-in is stopping.
            self.departing.send(departure).ok();
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

    /// Waits until `look` finds something; told of every change, it never polls.
    pub async fn wait_for<T>(
        &self,
        look: impl Fn(&World) -> Option<T>,
        what: &str,
    ) -> Result<T, Problem> {
        let mut changes = self.changes();
        let search = async {
            loop {
                changes.borrow_and_update();
                if let Some(found) = self.read(&look) {
                    return Ok(found);
                }
                if changes.changed().await.is_err() {
                    return Err(Problem("the stand-in stopped".into()));
                }
            }
        };
        match tokio::time::timeout(PATIENCE, search).await {
            Ok(found) => found,
            Err(_) => Err(Problem(format!("waited {PATIENCE:?} in vain: {what}"))),
        }
    }

    pub fn reset(self: &Arc<Self>) {
        self.change(|world| {
            let era = world.era + 1;
            *world = World {
                endpoints: self.given.clone(),
                under_way: world.under_way,
                era,
                ..World::default()
            };
        });
        self.hung.send_modify(|count| *count += 1);
    }
}
