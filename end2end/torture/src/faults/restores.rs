//! Fault: a backup is restored, so that everything written since is lost; then the operator lets
//! Stripe resend the events of that time. SQLite only; PostgreSQL has its own tools for backups.

use std::{
    path::Path,
    sync::{Arc, atomic::Ordering::Relaxed},
    time::Duration,
};

use rand::{Rng, SeedableRng, rngs::StdRng};
use tokio::{
    sync::Mutex,
    time::{Instant, sleep},
};

use super::{FaultCounts, endpoints, keys, run_until_successful};
use crate::{
    activity_log::LostPeriod, database::TestDatabase, server_processes::ServerProcesses,
    workload::TestContext,
};

/// No backup is restored in this time before the end of the run, so that the restore is complete
/// and all events are resent by then.
const MIN_TIME_LEFT: Duration = Duration::from_secs(90);

/// Makes and restores backups in a run with the given duration.
pub async fn restore_backups(
    context: Arc<TestContext>,
    processes: Arc<Mutex<ServerProcesses>>,
    database: Arc<TestDatabase>,
    counts: Arc<FaultCounts>,
    duration: Duration,
    seed: u64,
) {
    let deadline = Instant::now() + duration.saturating_sub(MIN_TIME_LEFT);
    let TestDatabase::Sqlite { file } = database.as_ref() else {
        return;
    };
    let mut rng = StdRng::seed_from_u64(seed);
    sleep(Duration::from_millis(rng.random_range(2_000..5_000))).await;
    for number in 1.. {
        if Instant::now() > deadline {
            return;
        }
        let copy = file.with_extension(format!("backup-{number}"));
        let from = context.stripe.now();
        make_backup(&context, &processes, &copy).await;
        sleep(Duration::from_millis(rng.random_range(1_000..6_000))).await;
        match restore(&context, &processes, file, &copy, from).await {
            Ok(period) => {
                keys::connect_all(&context, &processes).await;
                resend_lost_events(&context, period);
                counts.restores.fetch_add(1, Relaxed);
            }
            Err(error) => context.log.record_failure(format!("a restore: {error:#}")),
        }
        sleep(Duration::from_secs(rng.random_range(120..400))).await;
    }
}

/// Makes a backup, with retries, because a process that is killed or has a full disk makes none.
pub async fn make_backup(context: &TestContext, processes: &Mutex<ServerProcesses>, copy: &Path) {
    let name = copy.to_string_lossy();
    run_until_successful(context, processes, &["backup", name.as_ref()]).await;
}

/// Kills all processes, replaces the database by the copy, and starts them as the README says.
async fn restore(
    context: &TestContext,
    processes: &Mutex<ServerProcesses>,
    file: &Path,
    copy: &Path,
    from: i64,
) -> anyhow::Result<LostPeriod> {
    let mut processes = processes.lock().await;
    processes.kill_all().await?;
    context.finish_stripe_requests().await;
    let period = LostPeriod {
        from,
        to: context.stripe.now(),
    };
    context.log.record_lost_period(period);
    for suffix in ["-wal", "-shm"] {
        let mut extra_file = file.as_os_str().to_owned();
        extra_file.push(suffix);
        std::fs::remove_file(extra_file).ok();
    }
    std::fs::rename(copy, file)?;
    processes.start_after_restore().await?;
    Ok(period)
}

/// Registers all endpoints and resends the events that Stripe sent since the backup.
fn resend_lost_events(context: &TestContext, period: LostPeriod) {
    endpoints::add_all(context);
    for account in context.accounts() {
        let objects = context.stripe.objects(&account, None);
        for event in objects["events"].as_array().into_iter().flatten() {
            let created = event["created"].as_i64().unwrap_or_default();
            if let Some(id) = event["id"].as_str().filter(|_| period.contains(created)) {
                context.stripe.resend(id).ok();
            }
        }
    }
}
