//! Fault: an admin changes what a referral earns while referrals are earning it.

use std::{sync::Arc, time::Duration};

use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use tokio::{sync::Mutex, time::sleep};

use crate::{demo::TENANTS, server_processes::ServerProcesses, workload::TestContext};

/// In cents. It is never 0, because then no credit would be due.
pub const AMOUNTS_CENTS: [i64; 3] = [500, 1000, 2500];

/// Changes amounts until it is aborted.
pub async fn change_amounts(
    context: Arc<TestContext>,
    processes: Arc<Mutex<ServerProcesses>>,
    seed: u64,
) {
    let mut rng = StdRng::seed_from_u64(seed);
    loop {
        sleep(Duration::from_millis(rng.random_range(2_000..8_000))).await;
        let amount = AMOUNTS_CENTS
            .choose(&mut rng)
            .copied()
            .unwrap_or(AMOUNTS_CENTS[0]);
        let amount = amount.to_string();
        let tenant = TENANTS.choose(&mut rng).copied().unwrap_or(TENANTS[0]);
        let command: &[&str] = match rng.random() {
            true => &["settings", "--site", tenant, "--tenant-credit", &amount],
            false => &["settings", "--platform-credit", &amount],
        };
        // The command may fail; any of the amounts may be in force then.
        processes
            .lock()
            .await
            .run_command(command, context.balancer)
            .await
            .ok();
    }
}
