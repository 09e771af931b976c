//! Fault: a webhook endpoint is missing for a while. Events of that time are never delivered, so
//! the product has to retrieve what happened.

use std::{
    sync::{Arc, atomic::Ordering::Relaxed},
    time::Duration,
};

use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use stripe_stand_in::Endpoint;
use tokio::time::sleep;

use super::FaultCounts;
use crate::{demo::Site, workload::TestContext};

/// Removes endpoints and adds them again until it is aborted. Some are missing for minutes.
pub async fn remove_endpoints(context: Arc<TestContext>, counts: Arc<FaultCounts>, seed: u64) {
    let mut rng = StdRng::seed_from_u64(seed);
    loop {
        sleep(Duration::from_millis(rng.random_range(3_000..12_000))).await;
        let sites = context.sites_with_endpoint();
        let Some(site) = sites.choose(&mut rng) else {
            return;
        };
        context
            .stripe
            .remove_endpoint(&site.stripe_secret_key, &site.webhook_url);
        counts.endpoint_removals.fetch_add(1, Relaxed);
        let missing = match rng.random_range(0..8) {
            0 => rng.random_range(60_000..240_000),
            _ => rng.random_range(1_000..6_000),
        };
        sleep(Duration::from_millis(missing)).await;
        add_endpoint(&context, site);
    }
}

/// Adds all endpoints that are missing.
pub fn add_all(context: &TestContext) {
    for site in &context.sites_with_endpoint() {
        add_endpoint(context, site);
    }
}

/// Sites that share an account share its endpoint; registering it again changes nothing.
fn add_endpoint(context: &TestContext, site: &Site) {
    context.stripe.register_endpoint(Endpoint::new(
        &site.stripe_secret_key,
        &site.webhook_url,
        &site.webhook_secret,
    ));
}
