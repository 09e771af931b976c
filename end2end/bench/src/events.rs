//! Webhook events `checkout.session.completed`, as large as Stripe's.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};

use crate::{
    database::Database,
    http,
    load::{Request, RequestSource},
};
use anyhow::{Result, ensure};

/// How long remaining jobs may take.
const TIMEOUT: Duration = Duration::from_secs(120);

/// The events of the inserted unpaid purchases; each is sent once.
#[derive(Clone)]
pub struct Events {
    sent: Arc<AtomicI64>,
    /// The number of the last purchase.
    last: i64,
    account: String,
    secret: String,
}

impl Events {
    /// Events of the purchases 1 to `last`.
    ///
    /// # Errors
    /// If the demo has no site.
    pub fn new(database: &Database, last: i64) -> Result<Self> {
        Self::after(database, 0, last)
    }

    /// Events of the purchases `sent` + 1 to `last`.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn after(database: &Database, sent: i64, last: i64) -> Result<Self> {
        let site = database.demo.site()?;
        Ok(Self {
            sent: Arc::new(AtomicI64::new(sent)),
            last,
            account: site.account.clone(),
            secret: site.webhook_secret.clone(),
        })
    }

    /// The number of the last event sent.
    pub fn sent(&self) -> i64 {
        self.sent.load(Ordering::Relaxed).min(self.last)
    }

    /// Deliveries to the server at `addr`.
    pub fn deliveries_to(&self, addr: SocketAddr) -> RequestSource {
        let events = self.clone();
        Arc::new(move || events.next(addr))
    }

    /// Waits until the product has decided about the credit of every paid purchase.
    ///
    /// # Errors
    /// If that takes too long.
    pub async fn wait_until_decided(&self, database: &Database) -> Result<()> {
        let started = Instant::now();
        let due = "SELECT COUNT(*) FROM purchases WHERE credit_check = 'due'";
        loop {
            let undecided = database.number(due).await?;
            if undecided == 0 {
                return Ok(());
            }
            ensure!(
                started.elapsed() < TIMEOUT,
                "{undecided} credits are undecided"
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Checks that every event was applied. An ignored event also gets a success response, and
    /// sooner, so speed alone proves nothing.
    ///
    /// # Errors
    /// If a purchase is not paid.
    pub async fn require_applied(&self, database: &Database) -> Result<()> {
        let paid = "SELECT COUNT(*) FROM purchases \
                    WHERE checkout_session_id LIKE 'cs_bench_%' AND state = 'paid'";
        let (paid, sent) = (database.number(paid).await?, self.sent());
        ensure!(
            paid == sent,
            "{sent} events were sent, {paid} purchases are paid"
        );
        Ok(())
    }

    fn next(&self, addr: SocketAddr) -> Result<Option<Request>> {
        let number = self.sent.fetch_add(1, Ordering::Relaxed) + 1;
        if number > self.last {
            return Ok(None);
        }
        let path = format!("/webhooks/stripe/{}", self.account);
        http::post_event(addr, &path, &self.secret, completed(number)).map(Some)
    }
}

fn completed(number: i64) -> String {
    include_str!("completed.json").replace("NUMBER", &number.to_string())
}
