//! A tenant and the platform go from test to live mode, while people buy: what was paid in test mode
//! earns nothing afterwards, and pages of test mode that are open can still be paid.

use std::{
    sync::{Arc, atomic::Ordering::Relaxed},
    time::Duration,
};

use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use tokio::{sync::Mutex, time::sleep};

use super::{Count, keys};
use crate::{
    demo::{BRANDS, Site, TENANTS},
    server_processes::Crew,
    workload::World,
};

/// Goes live with one of the tenants, and with the platform, once each within a trial that `lasts` so
/// long.
pub async fn go(
    world: Arc<World>,
    crew: Arc<Mutex<Crew>>,
    count: Arc<Count>,
    lasts: Duration,
    seed: u64,
) {
    let mut chance = StdRng::seed_from_u64(seed);
    let tenant = TENANTS.choose(&mut chance).copied().unwrap_or(TENANTS[0]);
    for keys in [&[tenant][..], &BRANDS[..]] {
        sleep(lasts.mul_f64(chance.random_range(0.1..0.25))).await;
        let _connecting = world.connecting.lock().await;
        let of_account = world.demo.sites.iter();
        let live: Vec<Site> = of_account
            .filter(|site| keys.contains(&site.key.as_str()))
            .map(live)
            .collect();
        // Whatever is cut off here is connected at the end of the trial.
        for site in &live {
            world.went_live(site.clone());
        }
        for site in &live {
            keys::connect(&world, &crew, site, &site.stripe_secret_key, false).await;
        }
        count.went_live.fetch_add(1, Relaxed);
    }
}

/// The site with its account's live mode. The product says at which path it listens.
fn live(site: &Site) -> Site {
    Site {
        stripe_secret_key: site.live_key(),
        webhook_secret: format!("{}live", site.webhook_secret),
        webhook_url: String::new(),
        ..site.clone()
    }
}
