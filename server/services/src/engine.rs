//! The dependencies that all services share.

use std::sync::Arc;

use mailer::Mailer;
use server_core::{clock::Clock, random::Random, sealing::Sealer};
use store::{Db, Scope, Timestamp, location::Standing};
use stripe_gateway::StripeConnector;
use tokio_util::task::TaskTracker;

use crate::{accounts::passwords::Passwords, live::Live, queue::Queue, readiness::Readiness};

/// The database, Stripe, the queue and the other dependencies of a service. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    pub db: Db,
    /// Whether the database was at its recorded location when this process started.
    pub standing: Standing,
    pub readiness: Readiness,
    pub clock: Clock,
    pub random: Random,
    pub sealer: Sealer,
    pub stripe: Arc<dyn StripeConnector>,
    pub mailer: Mailer,
    pub simulated_payments: bool,
    pub queue: Queue,
    /// Sends notifications to open browsers.
    pub live: Live,
    pub passwords: Passwords,
    /// Work that continues after its request was dropped. Shutdown waits for it too.
    pub calls: TaskTracker,
}

impl Engine {
    /// Tells the open consoles of admins that a referral or an order of `scope` changed. Call it after
    /// the commit.
    pub fn console_changed(&self, scope: Scope) {
        self.live.changed(&self.db, scope);
    }

    /// The present time, as it is stored in columns.
    pub fn now(&self) -> Timestamp {
        self.clock.now().into()
    }
}
