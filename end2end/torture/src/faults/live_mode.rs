//! A tenant and the platform go_live from test to live mode, while people buy: what was paid in test mode
//! earns nothing afterwards, and pages of test mode that are open can still be paid.

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

/// Goes live with one of the tenants, and with the platform, once each within a trial that `duration` so
/// long.
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
        sleep(duration.mul_f64(rng.random_range(0.1..0.25))).await;
        let _connection_lock = context.connection_lock.lock().await;
        let sites = context.demo.sites.iter();
        let live: Vec<Site> = sites
            .filter(|site| site_keys.contains(&site.key.as_str()))
            .map(in_live_mode)
            .collect();
        // Whatever is cut off here is connected at the end of the trial.
        for site in &live {
            context.set_live(site.clone());
        }
        for site in &live {
            keys::connect(&context, &processes, site, &site.stripe_secret_key, false).await;
        }
        counts.went_live.fetch_add(1, Relaxed);
    }
}

/// The site with its account's live mode. The product says at which path it wait_until_listening.
fn in_live_mode(site: &Site) -> Site {
    Site {
        stripe_secret_key: site.live_key(),
        webhook_secret: format!("{}live", site.webhook_secret),
        webhook_url: String::new(),
        ..site.clone()
    }
}
