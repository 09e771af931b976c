//! The dependencies that all services share.

use std::sync::Arc;

use anyhow::Context;
use mailer::Mailer;
use sea_orm::ConnectionTrait;
use server_core::{clock::Clock, config::Config, random::Random, sealing::Sealer};
use store::{Db, Scope, SiteId, Timestamp, location::Standing, sites};
use stripe_gateway::StripeConnector;
use tokio_util::task::TaskTracker;

use crate::{accounts::passwords::Passwords, live::Live, queue::Queue, readiness::Readiness};

/// The database, Stripe, the queue and the other dependencies of a service. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    pub config: Arc<Config>,
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

    /// The root URL of a site, without a trailing slash, for a mail that no request asks for. Inside a transaction
    /// `db` is that transaction: one that waited for a second connection would keep its locks meanwhile.
    ///
    /// # Errors
    /// If the database fails, or the site has no host.
    pub async fn base_url(
        &self,
        db: &impl ConnectionTrait,
        site_id: SiteId,
    ) -> anyhow::Result<String> {
        let host = sites::host_of(db, site_id).await?;
        let host = host.context("a site without a host")?;
        Ok(self.config.base_url(&host))
    }

    /// The present time, as it is stored in columns.
    pub fn now(&self) -> Timestamp {
        self.clock.now().into()
    }
}
