//! An admin who rolls the secret keys of accounts, while credits are on their way, and who disconnects
//! an account and connects it again. As Stripe lets one do it, the old key is good for a while.

use std::{
    sync::{Arc, atomic::Ordering::Relaxed},
    time::Duration,
};

use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use tokio::{sync::Mutex, time::sleep};

use super::Count;
use crate::{
    crew::Crew,
    demo::{BRANDS, Site},
    people::World,
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
    for site in &world.demo.sites {
        let secret_key = world.secret_key(&site.stripe_secret_key);
        connect(world, crew, site, &secret_key, false).await;
    }
}

/// Gives a key to the product. Whose it is `same_account` says, or Stripe is asked.
async fn connect(
    world: &World,
    crew: &Mutex<Crew>,
    site: &Site,
    secret_key: &str,
    same_account: bool,
) {
    let mut order = vec!["stripe", "connect", "--secret-key", secret_key];
    order.extend(same_account.then_some("--same-account"));
    insist(world, crew, site, order).await;
}

async fn disconnect(world: &World, crew: &Mutex<Crew>, site: &Site) {
    insist(world, crew, site, vec!["stripe", "disconnect"]).await;
}

/// Orders it until it is done, since everything may fail.
async fn insist<'a>(world: &World, crew: &Mutex<Crew>, site: &'a Site, mut order: Vec<&'a str>) {
    match BRANDS.contains(&site.key.as_str()) {
        true => order.push("--platform"),
        false => order.extend(["--site", site.key.as_str()]),
    }
    while crew
        .lock()
        .await
        .order(&order, world.balancer)
        .await
        .is_err()
    {
        sleep(Duration::from_millis(200)).await;
    }
}
