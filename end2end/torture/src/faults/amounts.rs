//! An admin who changes what a referral earns, while it is earned.

use std::{sync::Arc, time::Duration};

use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use tokio::{sync::Mutex, time::sleep};

use crate::{demo::TENANTS, server_processes::Crew, workload::World};

/// Cents; never 0, since then nothing would be due.
pub const AMOUNTS: [i64; 3] = [500, 1000, 2500];

/// Changes amounts, for ever.
pub async fn change(world: Arc<World>, crew: Arc<Mutex<Crew>>, seed: u64) {
    let mut chance = StdRng::seed_from_u64(seed);
    loop {
        sleep(Duration::from_millis(chance.random_range(2_000..8_000))).await;
        let amount = AMOUNTS.choose(&mut chance).copied().unwrap_or(AMOUNTS[0]);
        let amount = amount.to_string();
        let tenant = TENANTS.choose(&mut chance).copied().unwrap_or(TENANTS[0]);
        let order: &[&str] = match chance.random() {
            true => &["settings", "--site", tenant, "--tenant-credit", &amount],
            false => &["settings", "--platform-credit", &amount],
        };
        // It may fail as everything may: any of the amounts may be in force.
        crew.lock().await.order(order, world.balancer).await.ok();
    }
}
