//! The workload: simulated users who come and buy.

mod cancellation;
mod checkout;
mod credit_spender;
mod dashboard_viewer;
mod desk;
mod first_payment;
mod friend_at_counter;
mod friend_in_app;
mod friend_on_web;
mod member;
mod money_back;
mod refund_desk;
mod returning_member;
mod shop;
mod subscriber;

use std::{
    collections::{BTreeMap, HashMap},
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time,
};

use mailbox::Mailbox;
use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use stripe_stand_in::StandIn;
use tokio::time::Instant;

use crate::{
    activity_log::ActivityLog,
    demo::{BRANDS, Demo, Site, TENANTS, accounts},
    simulated_user::SimulatedUser,
};

pub use dashboard_viewer::view_dashboard;
pub use first_payment::first_payments;
pub use member::{Member, register_members};
pub use refund_desk::set_hold;

/// What the workload and the faults share.
pub struct TestContext {
    pub demo: Demo,
    pub balancer: SocketAddr,
    pub stripe: Arc<StandIn>,
    pub mailbox: Mailbox,
    pub log: Arc<ActivityLog>,
    /// Members who share their referral link.
    pub members: Vec<Member>,
    /// Codes of platform referrers.
    pub platform_referrer_codes: Vec<String>,
    /// The current secret key of each account whose key was rolled, by the account's first key.
    pub rolled_keys: Mutex<BTreeMap<String, String>>,
    /// Sites whose account went live, with the live account.
    pub live: Mutex<Vec<Site>>,
    /// When a site went live, by site key. It goes live again if a restored backup had it in test
    /// mode.
    pub live_since: Mutex<HashMap<String, Vec<time::Instant>>>,
    /// Held while the connection of an account changes, so that only one changes at a time.
    pub connection_lock: tokio::sync::Mutex<()>,
}

/// How often a purchase is requested again in the app after a temporary refusal.
const MAX_ATTEMPTS: u32 = 60;

/// The password of all members and friends.
const PASSWORD: &str = "securepassword";

impl TestContext {
    /// All sites. A site that went live is listed in both modes, because Stripe sends the events of
    /// both.
    pub fn sites(&self) -> Vec<Site> {
        let live = lock(&self.live);
        self.demo.sites.iter().chain(live.iter()).cloned().collect()
    }

    /// All sites whose webhook path is known.
    pub fn sites_with_endpoint(&self) -> Vec<Site> {
        let mut sites = self.sites();
        sites.retain(|site| !site.webhook_url.is_empty());
        sites
    }

    /// The site with the account that it is connected to now, or should be.
    pub fn connected_site(&self, site: &Site) -> Site {
        let live = lock(&self.live);
        let live = live.iter().find(|live| live.key == site.key);
        live.unwrap_or(site).clone()
    }

    /// The first secret key of each account and mode.
    pub fn accounts(&self) -> Vec<String> {
        accounts(&self.sites())
    }

    /// When sites went live, by site key.
    pub fn live_since(&self) -> HashMap<String, Vec<time::Instant>> {
        lock(&self.live_since).clone()
    }

    /// Records that the site goes live now, and that Stripe sends its events to `site.webhook_url`.
    pub fn set_live(&self, site: Site) {
        let mut since = lock(&self.live_since);
        let since = since.entry(site.key.clone()).or_default();
        since.push(time::Instant::now());
        let mut live = lock(&self.live);
        live.retain(|mutex| mutex.key != site.key);
        live.push(site);
    }

    /// The current secret key of the account whose first key is `first`.
    pub fn secret_key(&self, first: &str) -> String {
        let keys = lock(&self.rolled_keys);
        keys.get(first).map_or(first, String::as_str).to_owned()
    }

    /// Records the account's current secret key.
    pub fn set_secret_key(&self, first: &str, new: &str) {
        lock(&self.rolled_keys).insert(first.to_owned(), new.to_owned());
    }

    /// Waits until Stripe has finished every request that it has started.
    pub async fn finish_stripe_requests(&self) {
        loop {
            self.stripe.release_hung();
            if self.stripe.wait_until_requests_finish().await.is_ok() {
                return;
            }
        }
    }

    /// A new user of a site.
    fn new_user(&self, site: &str, rng: &mut StdRng) -> anyhow::Result<SimulatedUser> {
        let origin = &self.demo.site(site)?.url;
        SimulatedUser::new(origin, self.balancer, self.log.clone(), rng)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs one random scenario after the other until `deadline`.
pub async fn buy_until(context: Arc<TestContext>, seed: u64, deadline: Instant) {
    let mut rng = StdRng::seed_from_u64(seed);
    while Instant::now() < deadline {
        let restores = context.log.restore_count();
        let (scenario, result) = match rng.random_range(0..13) {
            0..3 => ("a subscriber", subscriber::run(&context, &mut rng).await),
            3 if rng.random() => (
                "a member who pays with credit",
                credit_spender::run(&context, &mut rng).await,
            ),
            12 => ("a refund", refund_desk::run(&context, &mut rng).await),
            10 => ("the desk", desk::run(&context, &mut rng).await),
            11 => (
                "a friend at the counter",
                friend_at_counter::run(&context, &mut rng).await,
            ),
            3 => (
                "a member who buys",
                returning_member::run(&context, &mut rng).await,
            ),
            4..6 => (
                "a friend in the app",
                friend_in_app::run(&context, &mut rng).await,
            ),
            _ => (
                "a friend on the web",
                friend_on_web::run(&context, &mut rng).await,
            ),
        };
        if let Err(error) = result {
            context
                .log
                .record_failure_unless_restored(restores, format!("{scenario}: {error:#}"));
        }
    }
}

/// A random member, and the email of a new friend of this member.
fn random_friend<'a>(
    context: &'a TestContext,
    rng: &mut StdRng,
) -> anyhow::Result<(&'a Member, String)> {
    let tenant = TENANTS.choose(rng).copied().unwrap_or(TENANTS[0]);
    let of_tenant: Vec<&Member> = context
        .members
        .iter()
        .filter(|member| member.site == tenant)
        .collect();
    let member = of_tenant.choose(rng).copied();
    let member = member.ok_or_else(|| anyhow::anyhow!("{tenant} has no member"))?;
    let email = format!("friend-{:016x}@example.com", rng.random::<u64>());
    Ok((member, email))
}

fn random_brand(rng: &mut StdRng) -> &'static str {
    BRANDS.choose(rng).copied().unwrap_or(BRANDS[0])
}
