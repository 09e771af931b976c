//! Fault: a tenant and the platform go from test to live mode while users buy. Payments in test
//! mode then earn nothing, and open Checkout sessions of test mode can still be paid.

use std::{
    sync::{Arc, atomic::Ordering::Relaxed},
    time::Duration,
};

use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use tokio::{sync::Mutex, time::sleep};

use super::{FaultCounts, keys};
use crate::{
    demo::{BRANDS, Site, TENANTS},
    server_processes::ServerProcesses,
    workload::TestContext,
};

/// Goes live with one tenant and with the platform, once each within the given duration.
pub async fn go_live(
    context: Arc<TestContext>,
    processes: Arc<Mutex<ServerProcesses>>,
    counts: Arc<FaultCounts>,
    duration: Duration,
    seed: u64,
) {
    let mut rng = StdRng::seed_from_u64(seed);
    let tenant = TENANTS.choose(&mut rng).copied().unwrap_or(TENANTS[0]);
    for site_keys in [&[tenant][..], &BRANDS[..]] {
        sleep(duration.mul_f64(rng.random_range(0.05..0.2))).await;
        let _connection_lock = context.connection_lock.lock().await;
        let sites = context.demo.sites.iter();
        let live: Vec<Site> = sites
            .filter(|site| site_keys.contains(&site.key.as_str()))
            .map(in_live_mode)
            .collect();
        // If this task is aborted here, the end of the run connects the sites.
        for site in &live {
            context.set_live(site.clone());
        }
        counts.went_live.fetch_add(1, Relaxed);
        for site in &live {
            keys::connect(&context, &processes, site, &site.stripe_secret_key, false).await;
        }
    }
}

/// The site in live mode. The product will print its webhook path.
fn in_live_mode(site: &Site) -> Site {
    Site {
        stripe_secret_key: site.live_key(),
        webhook_secret: format!("{}live", site.webhook_secret),
        webhook_url: String::new(),
        ..site.clone()
    }
}
