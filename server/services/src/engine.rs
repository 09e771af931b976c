//! What services need to do their work.

use std::sync::Arc;

use server_core::{clock::Clock, random::Random, sealing::Sealer};
use store::{Db, Timestamp, location::Standing};
use stripe_gateway::StripeConnector;
use tokio_util::task::TaskTracker;

use crate::{accounts::passwords::Passwords, live::Live, queue::Queue, readiness::Readiness};

/// The database, Stripe, the queue and the rest of what a service is handed.
#[derive(Clone)]
pub struct Engine {
    /// The database.
    pub db: Db,
    /// Whether the database is where it was, as this process began.
    pub standing: Standing,
    /// Whether this process can do its work.
    pub readiness: Readiness,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub random: Random,
    /// Seals and opens secrets.
    pub sealer: Sealer,
    /// Opens a gateway to Stripe for a site's account.
    pub stripe: Arc<dyn StripeConnector>,
    /// Payments are simulated: a live key is refused.
    pub simulated_payments: bool,
    /// Where jobs are pushed.
    pub queue: Queue,
    /// Who is watching for notifications now.
    pub live: Live,
    /// Hashes and checks passwords.
    pub passwords: Passwords,
    /// Calls that go on without whoever made them; a stop waits for them too.
    pub calls: TaskTracker,
}

impl Engine {
    /// Now, as columns keep it.
    pub fn now(&self) -> Timestamp {
        self.clock.now().into()
    }
}
