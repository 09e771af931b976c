//! Fault injection.

mod amounts;
mod clones;
mod deliveries;
mod endpoints;
mod infrastructure;
mod keys;
mod live_mode;
mod mail;
mod restores;
mod stripe;

pub use amounts::AMOUNTS_CENTS;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::Mutex,
    task::JoinSet,
    time::{sleep, timeout},
};

use crate::{
    database::TestDatabase, report::LONG_RUN_SECONDS, server_processes::ServerProcesses,
    workload::TestContext,
};

/// How long programs may take to go live once nothing else is disturbed any more.
const GOING_LIVE_TIMEOUT: Duration = Duration::from_secs(60);

/// Runs a command until it succeeds, because any command may fail during the test. Returns its
/// output.
async fn run_until_successful(
    context: &TestContext,
    processes: &Mutex<ServerProcesses>,
    command: &[&str],
) -> String {
    loop {
        let done = processes
            .lock()
            .await
            .run_command(command, context.balancer)
            .await;
        match done {
            Ok(output) => return output,
            Err(_) => sleep(Duration::from_millis(200)).await,
        }
    }
}

/// How often each fault was injected.
#[derive(Default)]
pub struct FaultCounts {
    pub kills: AtomicU64,
    pub stops: AtomicU64,
    pub connections_cut: AtomicU64,
    pub full_disks: AtomicU64,
    pub key_rolls: AtomicU64,
    pub endpoint_removals: AtomicU64,
    pub reconnects: AtomicU64,
    pub went_live: AtomicU64,
    pub restores: AtomicU64,
    pub clones: AtomicU64,
    pub mail_outages: AtomicU64,
    pub injected: AtomicU64,
}

/// Injects faults in background tasks until it is stopped.
pub struct FaultInjector {
    processes: Arc<Mutex<ServerProcesses>>,
    tasks: JoinSet<()>,
    /// Ends by itself. It waits for other faults, and on a slow machine may need longer than the run.
    going_live: JoinSet<()>,
    cut_connections: Arc<AtomicBool>,
    context: Arc<TestContext>,
    pub counts: Arc<FaultCounts>,
}

impl FaultInjector {
    /// Starts the faults of a run with the given duration. `cut_connections` switches the
    /// balancer's fault on. Restores and clones are only part of long runs.
    pub fn start(
        context: &Arc<TestContext>,
        processes: &Arc<Mutex<ServerProcesses>>,
        database: &Arc<TestDatabase>,
        cut_connections: &Arc<AtomicBool>,
        seed: u64,
        duration: Duration,
    ) -> Self {
        let counts = Arc::new(FaultCounts::default());
        cut_connections.store(true, Ordering::Relaxed);
        let mut tasks = JoinSet::new();
        tasks.spawn(stripe::inject_faults(
            context.clone(),
            counts.clone(),
            seed ^ 1,
        ));
        tasks.spawn(deliveries::disturb(context.clone(), seed ^ 2));
        tasks.spawn(endpoints::remove_endpoints(
            context.clone(),
            counts.clone(),
            seed ^ 6,
        ));
        tasks.spawn(infrastructure::disrupt(
            context.clone(),
            processes.clone(),
            database.clone(),
            counts.clone(),
            seed ^ 3,
        ));
        if duration.as_secs() >= LONG_RUN_SECONDS {
            tasks.spawn(restores::restore_backups(
                context.clone(),
                processes.clone(),
                database.clone(),
                counts.clone(),
                duration,
                seed ^ 7,
            ));
            tasks.spawn(clones::serve_clones(
                context.clone(),
                processes.clone(),
                database.clone(),
                counts.clone(),
                seed ^ 8,
            ));
        }
        let mut going_live = JoinSet::new();
        going_live.spawn(live_mode::go_live(
            context.clone(),
            processes.clone(),
            counts.clone(),
            duration,
            seed ^ 9,
        ));
        tasks.spawn(mail::take_down(context.clone(), counts.clone(), duration));
        tasks.spawn(amounts::change_amounts(
            context.clone(),
            processes.clone(),
            seed ^ 4,
        ));
        tasks.spawn(keys::roll_keys(
            context.clone(),
            processes.clone(),
            counts.clone(),
            seed ^ 5,
        ));
        Self {
            processes: processes.clone(),
            tasks,
            going_live,
            cut_connections: cut_connections.clone(),
            context: context.clone(),
            counts,
        }
    }

    /// Stops all faults: Stripe and the mail server work again and held deliveries are released. Programs that were
    /// about to go live do. Returns how many Stripe faults took effect.
    pub async fn stop(&mut self) -> u64 {
        self.tasks.shutdown().await;
        self.cut_connections.store(false, Ordering::Relaxed);
        let unused = self.context.stripe.clear_faults();
        self.context.stripe.release_hung();
        self.context.mailbox.set_down(false);
        let going_live = async { while self.going_live.join_next().await.is_some() {} };
        if timeout(GOING_LIVE_TIMEOUT, going_live).await.is_err() {
            self.going_live.shutdown().await;
        }
        // A task may have been aborted while an account was disconnected.
        keys::connect_all(&self.context, &self.processes).await;
        endpoints::add_all(&self.context);
        deliveries::release_all(&self.context);
        self.counts.injected.load(Ordering::Relaxed) - u64::from(unused)
    }
}
