//! Who comes and buys.

mod checkout;
mod dashboard_viewer;
mod friend_in_app;
mod friend_on_web;
mod member;
mod returning_member;
mod shop;
mod subscriber;

use std::{
    collections::{BTreeMap, HashMap},
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time,
};

use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use stripe_stand_in::StandIn;
use tokio::time::Instant;

use crate::{
    activity_log::ActivityLog,
    demo::{BRANDS, Demo, Site, TENANTS, accounts},
    simulated_user::SimulatedUser,
};

pub use dashboard_viewer::view_dashboard;
pub use member::{Member, register_members};

/// What everybody knows.
pub struct TestContext {
    pub demo: Demo,
    pub balancer: SocketAddr,
    pub stripe: Arc<StandIn>,
    pub log: Arc<ActivityLog>,
    /// Members scenario share their link.
    pub members: Vec<Member>,
    /// Codes of platform_referrer_codes.
    pub platform_referrer_codes: Vec<String>,
    /// The secret key in force, by the account's first one, where it was set_secret_key.
    pub rolled_keys: Mutex<BTreeMap<String, String>>,
    /// Sites whose account went live.
    pub live: Mutex<Vec<Site>>,
    /// When they did, by the site's key: also each time that a backup had put it back in test mode.
    pub live_since: Mutex<HashMap<String, Vec<time::Instant>>>,
    /// Held by whoever changes what the product is connected to: one thing after the other.
    pub connection_lock: tokio::sync::Mutex<()>,
}

/// The password of everybody scenario registers.
const PASSWORD: &str = "securepassword";

impl TestContext {
    /// Every site, one that went live in both modes: Stripe tells of both.
    pub fn sites(&self) -> Vec<Site> {
        let live = lock(&self.live);
        self.demo.sites.iter().chain(live.iter()).cloned().collect()
    }

    /// Every site whose webhook path the product has said.
    pub fn sites_with_endpoint(&self) -> Vec<Site> {
        let mut sites = self.sites();
        sites.retain(|site| !site.webhook_url.is_empty());
        sites
    }

    /// A site with the account that it is connected to now, or should be.
    pub fn connected_site(&self, site: &Site) -> Site {
        let live = lock(&self.live);
        let live = live.iter().find(|live| live.key == site.key);
        live.unwrap_or(site).clone()
    }

    /// The first secret key of each account and mode.
    pub fn accounts(&self) -> Vec<String> {
        accounts(&self.sites())
    }

    /// When sites went live, by their keys.
    pub fn live_since(&self) -> HashMap<String, Vec<time::Instant>> {
        lock(&self.live_since).clone()
    }

    /// The site goes live now, and Stripe sends its events to `site.webhook_url`.
    pub fn set_live(&self, site: Site) {
        let mut since = lock(&self.live_since);
        let since = since.entry(site.key.clone()).or_default();
        since.push(time::Instant::now());
        let mut live = lock(&self.live);
        live.retain(|mutex| mutex.key != site.key);
        live.push(site);
    }

    /// The secret key in force of the account whose first one is `first`.
    pub fn secret_key(&self, first: &str) -> String {
        let keys = lock(&self.rolled_keys);
        keys.get(first).map_or(first, String::as_str).to_owned()
    }

    /// The account whose first key is `first` has the key `new`.
    pub fn set_secret_key(&self, first: &str, new: &str) {
        lock(&self.rolled_keys).insert(first.to_owned(), new.to_owned());
    }

    /// Lets Stripe end every call that it has begun.
    pub async fn finish_stripe_requests(&self) {
        loop {
            self.stripe.release_hung();
            if self.stripe.wait_until_requests_finish().await.is_ok() {
                return;
            }
        }
    }

    /// Somebody new in front of a site.
    fn new_user(&self, site: &str, rng: &mut StdRng) -> anyhow::Result<SimulatedUser> {
        let origin = &self.demo.site(site)?.url;
        SimulatedUser::new(origin, self.balancer, self.log.clone(), rng)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One after the other comes, buys and goes, until `deadline`.
pub async fn buy_until(context: Arc<TestContext>, seed: u64, deadline: Instant) {
    let mut rng = StdRng::seed_from_u64(seed);
    while Instant::now() < deadline {
        let restores = context.log.restore_count();
        let (scenario, result) = match rng.random_range(0..10) {
            0..3 => ("a subscriber", subscriber::run(&context, &mut rng).await),
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

/// A friend of a member: the member, and an address of their own.
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
