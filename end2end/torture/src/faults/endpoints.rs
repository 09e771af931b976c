//! Webhook endpoints that Stripe does not have for a while: of what happens meanwhile no event is ever
//! delivered, and the product has to ask.

use std::{
    sync::{Arc, atomic::Ordering::Relaxed},
    time::Duration,
};

use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use stripe_stand_in::Endpoint;
use tokio::time::sleep;

use super::Count;
use crate::{demo::Site, workload::World};

/// Removes endpoints and adds them again, for ever; some are missing for minutes.
pub async fn remove(world: Arc<World>, count: Arc<Count>, seed: u64) {
    let mut chance = StdRng::seed_from_u64(seed);
    loop {
        sleep(Duration::from_millis(chance.random_range(3_000..12_000))).await;
        let sites = world.endpoints();
        let Some(site) = sites.choose(&mut chance) else {
            return;
        };
        world
            .stripe
            .remove_endpoint(&site.stripe_secret_key, &site.webhook_url);
        count.endpoints.fetch_add(1, Relaxed);
        let missing = match chance.random_range(0..8) {
            0 => chance.random_range(60_000..240_000),
            _ => chance.random_range(1_000..6_000),
        };
        sleep(Duration::from_millis(missing)).await;
        add(&world, site);
    }
}

/// Adds every endpoint that is missing.
pub fn add_all(world: &World) {
    for site in &world.endpoints() {
        add(world, site);
    }
}

/// Sites of one account share an endpoint: it is there once.
fn add(world: &World, site: &Site) {
    world.stripe.register_endpoint(Endpoint::new(
        &site.stripe_secret_key,
        &site.webhook_url,
        &site.webhook_secret,
    ));
}
