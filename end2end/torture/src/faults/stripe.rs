//! Stripe fails: any call in any way.

use std::{
    sync::{Arc, atomic::Ordering::Relaxed},
    time::{Duration, Instant},
};

use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use stripe_stand_in::{Fault, FaultKind};
use tokio::time::sleep;

use super::Count;
use crate::workload::World;

const KINDS: [FaultKind; 12] = [
    FaultKind::FailBefore,
    FaultKind::FailAfter,
    FaultKind::DropBefore,
    FaultKind::DropAfter,
    FaultKind::TooManyRequests,
    FaultKind::Conflict,
    FaultKind::Sticky500,
    FaultKind::Sticky500After,
    FaultKind::BadGateway,
    FaultKind::BadGatewayAfter,
    FaultKind::Hang,
    FaultKind::HangAfter,
];

/// Method, and how the path begins and ends.
const CALLS: [(&str, &str, &str); 9] = [
    ("GET", "/v1/customers", ""),
    ("GET", "/v1/customers", "balance_transactions"),
    ("POST", "/v1/customers", "customers"),
    ("POST", "/v1/customers", "balance_transactions"),
    ("POST", "/v1/customers", "balance_transactions"),
    ("POST", "/v1/checkout/sessions", "sessions"),
    ("GET", "/v1/checkout/sessions", ""),
    ("POST", "/v1/checkout/sessions", "/expire"),
    ("GET", "/v1/account", ""),
];

/// The product waits 20 s for Stripe: beyond that it has given up.
const BEYOND_PATIENCE_MS: u64 = 21_000;

/// How long a fault waits for its call. Those of rare calls would gather, and let each of them fail.
const WAITS: Duration = Duration::from_secs(2);

/// Lets the next call of some kind fail in some way, for ever.
pub async fn fail(world: Arc<World>, count: Arc<Count>, seed: u64) {
    let mut chance = StdRng::seed_from_u64(seed);
    let mut cleared = Instant::now();
    loop {
        sleep(Duration::from_millis(chance.random_range(20..250))).await;
        if cleared.elapsed() > WAITS {
            cleared = Instant::now();
            let unused = world.stripe.clear_faults();
            count.armed.fetch_sub(u64::from(unused), Relaxed);
        }
        let (Some(kind), Some((method, prefix, suffix))) =
            (KINDS.choose(&mut chance), CALLS.choose(&mut chance))
        else {
            return;
        };
        let mut fault = Fault::next(*kind).on(method, prefix).ending(suffix);
        fault.hang_ms = Some(match chance.random_range(0..20) {
            0 => BEYOND_PATIENCE_MS,
            _ => chance.random_range(50..3_000),
        });
        world.stripe.fault(fault);
        count.armed.fetch_add(1, Relaxed);
    }
}
