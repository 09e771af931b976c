//! An admin who rolls the secret keys of accounts, while credits are on their way, and who disconnects
//! an account and connects it again. As Stripe lets one do it, the old key is good for a while.

use std::{
    sync::{Arc, atomic::Ordering::Relaxed},
    time::Duration,
};

use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use tokio::{sync::Mutex, time::sleep};

use super::{Count, endpoints, insist};
use crate::{
    demo::{BRANDS, Site},
    server_processes::Crew,
    workload::World,
};

/// A job that began under the old key has ended by then: longer than its lease.
const OLD_KEY_LASTS: Duration = Duration::from_secs(240);

/// Rolls keys and connects anew, for ever.
pub async fn roll(world: Arc<World>, crew: Arc<Mutex<Crew>>, count: Arc<Count>, seed: u64) {
    let mut chance = StdRng::seed_from_u64(seed);
    loop {
        sleep(Duration::from_millis(chance.random_range(5_000..15_000))).await;
        let Some(site) = world.demo.sites.choose(&mut chance) else {
            return;
        };
        let _connecting = world.connecting.lock().await;
        let site = &world.present(site);
        let first = site.stripe_secret_key.clone();
        let old = world.secret_key(&first);
        if chance.random_ratio(1, 3) {
            disconnect(&world, &crew, site).await;
            sleep(Duration::from_millis(chance.random_range(0..2_000))).await;
            connect(&world, &crew, site, &old, false).await;
            count.reconnects.fetch_add(1, Relaxed);
            continue;
        }
        let new = format!("{first}_{:08x}", chance.random::<u32>());
        world.stripe.add_key(&old, &new);
        world.rolled(&first, &new);
        connect(&world, &crew, site, &new, chance.random()).await;
        count.rolls.fetch_add(1, Relaxed);
        let stripe = world.stripe.clone();
        tokio::spawn(async move {
            sleep(OLD_KEY_LASTS).await;
            stripe.expire_key(&old);
        });
    }
}

/// Gives every key to the product that may have an older one.
pub async fn connect_all(world: &World, crew: &Mutex<Crew>) {
    let _connecting = world.connecting.lock().await;
    for site in &world.demo.sites {
        let site = world.present(site);
        let secret_key = world.secret_key(&site.stripe_secret_key);
        connect(world, crew, &site, &secret_key, false).await;
    }
}

/// Gives a key to the product. Whose it is `same_account` says, or Stripe is asked, as it is too where
/// that is refused: a backup that was put back may have the account disconnected. Stripe then sends
/// events to the path that the product says.
pub async fn connect(
    world: &World,
    crew: &Mutex<Crew>,
    site: &Site,
    secret_key: &str,
    same_account: bool,
) {
    let mut order = vec!["stripe", "connect", "--secret-key", secret_key];
    if site.is_live() {
        order.extend(["--webhook-secret", site.webhook_secret.as_str()]);
    }
    let said = match same_account {
        true => say_same_account(world, crew, site, &order).await,
        false => None,
    };
    let said = match said {
        Some(said) => said,
        None => order_for(world, crew, site, order).await,
    };
    let path = said.split_whitespace().find(|word| word.starts_with('/'));
    let url = format!("http://{}{}", world.balancer, path.unwrap_or_default());
    if url == site.webhook_url {
        return;
    }
    if !site.is_live() {
        let (is, was) = (url, &site.webhook_url);
        world
            .diary
            .gave_up(format!("the webhook path was {was} and is {is}"));
        return;
    }
    // It is live since now, or the account's row went with a backup.
    let first = &site.stripe_secret_key;
    world.stripe.remove_endpoint(first, &site.webhook_url);
    world.went_live(Site {
        webhook_url: url,
        ..site.clone()
    });
    endpoints::add_all(world);
}

async fn disconnect(world: &World, crew: &Mutex<Crew>, site: &Site) {
    order_for(world, crew, site, vec!["stripe", "disconnect"]).await;
}

/// Says once that it is the connected account's key; what was said, unless it was refused.
async fn say_same_account(
    world: &World,
    crew: &Mutex<Crew>,
    site: &Site,
    order: &[&str],
) -> Option<String> {
    let order = [order, &["--same-account"], &of(site)].concat();
    let said = crew.lock().await.order(&order, world.balancer).await;
    said.ok()
}

/// Orders it for a site, or for the platform.
async fn order_for(world: &World, crew: &Mutex<Crew>, site: &Site, mut order: Vec<&str>) -> String {
    order.extend(of(site));
    insist(world, crew, &order).await
}

fn of(site: &Site) -> Vec<&str> {
    match BRANDS.contains(&site.key.as_str()) {
        true => vec!["--platform"],
        false => vec!["--site", site.key.as_str()],
    }
}
