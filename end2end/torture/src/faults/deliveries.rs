//! Webhooks come twice, late, in another order, and long after.

use std::{sync::Arc, time::Duration};

use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use stripe_stand_in::{DeliveryPlan, ReleaseOrder};
use tokio::time::sleep;

use crate::workload::World;

/// Disturbs deliveries, for ever.
pub async fn disturb(world: Arc<World>, seed: u64) {
    let mut chance = StdRng::seed_from_u64(seed);
    loop {
        sleep(Duration::from_millis(chance.random_range(100..600))).await;
        let accounts = world.accounts();
        let Some(secret_key) = accounts.choose(&mut chance) else {
            return;
        };
        match chance.random_range(0..10) {
            0..6 => world.stripe.plan_deliveries(DeliveryPlan {
                secret_key: secret_key.clone(),
                event: None,
                copies: chance.random_range(1..=3),
                delay_ms: chance.random_range(0..4_000),
                times: chance.random_range(1..=4),
            }),
            6..9 => {
                let before = world.stripe.deliveries(secret_key);
                if let Some(delivery) = before.choose(&mut chance) {
                    world.stripe.resend(&delivery.event).ok();
                }
            }
            _ => {
                world.stripe.hold_deliveries(secret_key);
                sleep(Duration::from_millis(chance.random_range(300..2_000))).await;
                world
                    .stripe
                    .release_deliveries(secret_key, ReleaseOrder::NewestFirst);
            }
        }
    }
}

/// Lets everything go.
pub fn undisturb(world: &World) {
    for secret_key in world.accounts() {
        world
            .stripe
            .release_deliveries(&secret_key, ReleaseOrder::NewestFirst);
    }
}
