//! Fault: webhook deliveries are duplicated, delayed, reordered and resent.

use std::{sync::Arc, time::Duration};

use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use stripe_stand_in::{DeliveryPlan, ReleaseOrder};
use tokio::time::sleep;

use crate::workload::TestContext;

/// Disturbs deliveries until it is aborted.
pub async fn disturb(context: Arc<TestContext>, seed: u64) {
    let mut rng = StdRng::seed_from_u64(seed);
    loop {
        sleep(Duration::from_millis(rng.random_range(100..600))).await;
        let accounts = context.accounts();
        let Some(secret_key) = accounts.choose(&mut rng) else {
            return;
        };
        match rng.random_range(0..10) {
            0..6 => context.stripe.plan_deliveries(DeliveryPlan {
                secret_key: secret_key.clone(),
                event: None,
                copies: rng.random_range(1..=3),
                delay_ms: rng.random_range(0..4_000),
                times: rng.random_range(1..=4),
            }),
            6..9 => {
                let before = context.stripe.deliveries(secret_key);
                if let Some(delivery) = before.choose(&mut rng) {
                    context.stripe.resend(&delivery.event).ok();
                }
            }
            _ => {
                context.stripe.hold_deliveries(secret_key);
                sleep(Duration::from_millis(rng.random_range(300..2_000))).await;
                context
                    .stripe
                    .release_deliveries(secret_key, ReleaseOrder::NewestFirst);
            }
        }
    }
}

/// Releases all held deliveries.
pub fn release_all(context: &TestContext) {
    for secret_key in context.accounts() {
        context
            .stripe
            .release_deliveries(&secret_key, ReleaseOrder::NewestFirst);
    }
}
