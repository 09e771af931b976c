//! Fault: any request to Stripe fails in any way.

use std::{
    sync::{Arc, atomic::Ordering::Relaxed},
    time::{Duration, Instant},
};

use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use stripe_stand_in::{Fault, FaultKind};
use tokio::time::sleep;

use super::FaultCounts;
use crate::workload::TestContext;

/// Method, prefix of the path, suffix of the path.
const REQUESTS: [(&str, &str, &str); 13] = [
    ("GET", "/v1/customers", ""),
    ("GET", "/v1/customers", "balance_transactions"),
    ("POST", "/v1/customers", "customers"),
    ("POST", "/v1/customers", "balance_transactions"),
    ("POST", "/v1/customers", "balance_transactions"),
    ("POST", "/v1/checkout/sessions", "sessions"),
    ("GET", "/v1/checkout/sessions", ""),
    ("POST", "/v1/checkout/sessions", "/expire"),
    ("GET", "/v1/account", ""),
    ("POST", "/v1/refunds", ""),
    ("GET", "/v1/refunds", ""),
    ("GET", "/v1/disputes", ""),
    ("GET", "/v1/invoice_payments", ""),
];

/// The product's timeout for Stripe is 20 s; this is longer.
const BEYOND_TIMEOUT_MS: u64 = 21_000;

/// How long a fault waits for a matching request. Otherwise faults of rare requests would
/// accumulate and make all of these fail.
const FAULT_LIFETIME: Duration = Duration::from_secs(2);

/// Adds faults for random requests until it is aborted.
pub async fn inject_faults(context: Arc<TestContext>, counts: Arc<FaultCounts>, seed: u64) {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut cleared = Instant::now();
    loop {
        sleep(Duration::from_millis(rng.random_range(20..250))).await;
        if cleared.elapsed() > FAULT_LIFETIME {
            cleared = Instant::now();
            let unused = context.stripe.clear_faults();
            counts.injected.fetch_sub(u64::from(unused), Relaxed);
        }
        let (Some(kind), Some((method, prefix, suffix))) = (
            FaultKind::PASSING.choose(&mut rng),
            REQUESTS.choose(&mut rng),
        ) else {
            return;
        };
        let mut fault = Fault::next(*kind).on(method, prefix).ending(suffix);
        fault.hang_ms = Some(match rng.random_range(0..20) {
            0 => BEYOND_TIMEOUT_MS,
            _ => rng.random_range(50..3_000),
        });
        context.stripe.fault(fault);
        counts.injected.fetch_add(1, Relaxed);
    }
}
