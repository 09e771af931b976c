//! Hands a test's database over to processes, and takes it back.

use std::time::Duration;

use domain::referral::ReferralStatus;
use serde_json::Value;
use server::serve;
use server_core::{config::Config, random::Random};
use services::jobs;
use sqlx::{Connection, PgConnection};
use store::entities::user;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::program::{ANYWHERE, PATIENCE, Process};
use crate::support::{PLATFORM_KEY, Platform, Referred, STRIPE_KEY, TestApp, event, subscription};

/// Longer than the lease of a dead job on its credit (three minutes).
const AFTER_THE_LEASE: Duration = Duration::from_secs(4 * 60);

impl TestApp {
    /// Leaves the database to processes: on SQLite only one process may have the file open.
    pub async fn hand_over(&mut self) {
        self.stop();
        (&mut self.web).await.unwrap().unwrap();
        self.state.db.close().await.unwrap();
    }

    /// Takes the database back, with nothing in memory, as a restart of the program does. The
    /// statements that killed processes had sent to PostgreSQL have ended by then.
    pub async fn take_back(&mut self) {
        let (config, clock) = (&self.state.config, &self.state.clock);
        if config.database_url.starts_with("postgres") {
            alone(&config.database_url).await;
        }
        let state = serve::state_with(Config::clone(config), clock.clone(), Random::system());
        self.state = state.await.unwrap();
    }

    /// Hands over to `server serve`, and waits until it answers: requests of the test now go there.
    pub async fn serve(&mut self, options: &[&str]) -> Process {
        self.hand_over().await;
        let process = Process::serve(&self.state.config, ANYWHERE, options);
        self.address = process.address().await;
        process
    }

    /// Starts `server serve` again, at the same address.
    pub async fn serve_again(&self, options: &[&str]) -> Process {
        let process = Process::serve(&self.state.config, self.address, options);
        assert_eq!(process.address().await, self.address);
        process
    }

    /// Does what a restart of the program does: its first sweep finds what was left behind, and its
    /// worker finishes that. The rows stay as they were left. This process, which runs the same
    /// code, turns its clock, because no test waits until a lease ends.
    pub async fn go_on(&self) {
        self.advance(AFTER_THE_LEASE);
        let stopping = CancellationToken::new();
        let worker = jobs::run(
            self.state.engine.clone(),
            stopping.clone().cancelled_owned(),
        );
        let worker = tokio::spawn(worker);
        until("nothing is due", async || !self.anything_due().await).await;
        stopping.cancel();
        worker.await.unwrap().unwrap();
        self.assert_nothing_is_left().await;
    }

    /// A friend whom Mia referred and a subscriber whom Jordan referred have paid. No credit is
    /// decided yet.
    pub async fn both_paid(&self) -> (Referred, Platform) {
        let referred = self.referred().await;
        let platform = self.platform().await;
        self.sell(&referred).await;
        let code = Some(platform.jordan.code.as_str());
        let session = subscription("cs_1", &platform.pewpros, "kim@example.com", code);
        let body = event("evt_1", "checkout.session.completed", session);
        assert_eq!(self.deliver_to_platform(&platform, &body).await, 200);
        (referred, platform)
    }

    /// Asserts one credit for Mia and one for Jordan everywhere: in the ledger, on the referrals,
    /// at Stripe, and in Mia's notifications.
    pub async fn assert_both_credited_once(&self, mia: &user::Model) {
        let credits = self.credits().await;
        let mut issued: Vec<_> = credits
            .iter()
            .map(|row| (row.program.code(), row.state.code(), row.amount_cents))
            .collect();
        issued.sort_unstable();
        let wanted = [
            ("platform", "issued", -5000_i64),
            ("tenant", "issued", -1000),
        ];
        assert_eq!(issued, wanted, "{credits:?}");
        assert_eq!(self.status().await, ReferralStatus::Credited);
        let platform = self.platform_referral().await;
        assert_eq!(platform.status, ReferralStatus::Credited);
        for (key, cents) in [(STRIPE_KEY, -1000_i64), (PLATFORM_KEY, -5000)] {
            let books = self.stripe.objects(key, None);
            let amounts: Vec<_> = list(&books, "balance_transactions")
                .map(|entry| entry["amount"].as_i64())
                .collect();
            assert_eq!(amounts, [Some(cents)], "{key}");
            assert_eq!(list(&books, "customers").count(), 1, "{key}");
        }
        let text = "You earned a $10.00 credit from your referral";
        assert_eq!(self.notifications(mia).await, [text]);
    }
}

fn list<'a>(books: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    books[name].as_array().unwrap().iter()
}

/// Waits until no other session is connected.
async fn alone(url: &str) {
    const OTHERS: &str = "SELECT count(*) FROM pg_stat_activity \
        WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let mut own = PgConnection::connect(url).await.unwrap();
    until("nobody else is connected", async || {
        let others = sqlx::query_scalar::<_, i64>(OTHERS);
        others.fetch_one(&mut own).await.unwrap() == 0
    })
    .await;
    own.close().await.unwrap();
}

/// Polls until the condition holds: for events that nothing reports.
pub async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    const PAUSE: Duration = Duration::from_millis(10);
    let asking = async {
        while !is_so().await {
            sleep(PAUSE).await;
        }
    };
    assert!(timeout(PATIENCE, asking).await.is_ok(), "in vain: {what}");
}
