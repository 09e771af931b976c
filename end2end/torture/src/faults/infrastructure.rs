//! Faults: processes are killed or stopped, database connections are cut, and a disk is full for a
//! moment.

use std::{
    sync::{Arc, atomic::Ordering::Relaxed},
    time::Duration,
};

use rand::{Rng, SeedableRng, rngs::StdRng};
use tokio::{sync::Mutex, time::sleep};

use super::FaultCounts;
use crate::{database::TestDatabase, server_processes::ServerProcesses, workload::TestContext};

/// How many connections are cut at the same time.
const MAX_CONNECTIONS_CUT: u32 = 12;
/// A process that has run this long is serving.
const MIN_UPTIME: Duration = Duration::from_secs(2);

/// Disrupts and restarts processes until it is aborted.
pub async fn disrupt(
    context: Arc<TestContext>,
    processes: Arc<Mutex<ServerProcesses>>,
    database: Arc<TestDatabase>,
    counts: Arc<FaultCounts>,
    seed: u64,
) {
    let mut rng = StdRng::seed_from_u64(seed);
    loop {
        sleep(Duration::from_millis(rng.random_range(500..3_000))).await;
        let outcome = disrupt_once(&processes, &database, &counts, &mut rng).await;
        if let Err(error) = outcome {
            context.log.record_failure(format!("a process: {error:#}"));
        }
    }
}

async fn disrupt_once(
    processes: &Mutex<ServerProcesses>,
    database: &TestDatabase,
    counts: &FaultCounts,
    rng: &mut StdRng,
) -> anyhow::Result<()> {
    let mut processes = processes.lock().await;
    let index = rng.random_range(0..processes.count());
    match rng.random_range(0..10) {
        0..2 => {
            counts
                .stops
                .fetch_add(u64::from(processes.stop(index).await?), Relaxed);
        }
        2..4 if database.is_shared() => {
            let limit = rng.random_range(1..=MAX_CONNECTIONS_CUT);
            counts
                .connections_cut
                .fetch_add(database.cut_connections(limit).await?, Relaxed);
        }
        2..4 if processes.uptime(index) > MIN_UPTIME => {
            let _full = processes.fill_disk(index)?;
            counts.full_disks.fetch_add(1, Relaxed);
            sleep(Duration::from_millis(rng.random_range(100..2_000))).await;
        }
        4 => {
            counts.kills.fetch_add(processes.kill_all().await?, Relaxed);
        }
        _ => {
            counts
                .kills
                .fetch_add(u64::from(processes.kill(index).await?), Relaxed);
        }
    }
    sleep(Duration::from_millis(rng.random_range(0..800))).await;
    processes.start()
}
