//! The worker, which runs jobs until shutdown, and the sweep beside it.

use std::{future::Future, panic::AssertUnwindSafe, time::Duration};

use apalis::prelude::{BackendExt, BoxDynError, Data, Strategy, WorkerBuilder, WorkerBuilderExt};
use futures::FutureExt;
use server_core::panic_words;
use tokio::time::{MissedTickBehavior, interval, sleep};
use tokio_stream::wrappers::WatchStream;
use tokio_util::task::AbortOnDropHandle;

use super::sweep;
use crate::{
    Engine, books,
    queue::{Draining, Job, Storage},
};

/// How many jobs run at the same time. Jobs mostly wait for Stripe: a credit takes three requests,
/// one after the other. If each takes 50 ms, 32 jobs issue more than 100 credits per second, which
/// is the goal (`cargo xtask bench credits`).
const CONCURRENCY: usize = 32;
/// How often the queue is polled while this process enqueues nothing.
const POLL: Duration = Duration::from_millis(500);
/// How often the sweep looks for due rows without a job.
const SWEEP: Duration = Duration::from_secs(60);

/// Runs jobs until `shutdown` completes. A worker that stops with an error is restarted.
///
/// # Errors
/// If the task of the sweep panicked.
pub async fn run(
    engine: Engine,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    let shutdown = shutdown.shared();
    let sweeping = tokio::spawn(sweep_until(engine.clone(), shutdown.clone()));
    while shutdown.peek().is_none() {
        if let Err(error) = work(&engine, shutdown.clone()).await {
            tracing::warn!(error, "the worker stopped; restarting it");
            tokio::select! {
                () = sleep(Duration::from_secs(1)) => {}
                () = shutdown.clone() => {}
            }
        }
    }
    sweeping.await?;
    Ok(())
}

async fn work(
    engine: &Engine,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), String> {
    let name = format!("worker-{}", engine.random.token());
    engine.readiness.worker_began(&name, engine.now());
    let stop = Box::pin(shutdown);
    let wake = WatchStream::from_changes(engine.queue.pushed.subscribe());
    let strategy = Strategy::new().stream(wake).interval(POLL);
    macro_rules! run {
        ($storage:expr) => {
            WorkerBuilder::new(name)
                .backend(Draining::new($storage.poll_with_strategy(strategy), stop))
                .data(engine.clone())
                .concurrency(CONCURRENCY)
                .build(handle)
                .run()
                .await
                .map_err(|error| error.to_string())
        };
    }
    match engine.queue.storage.clone() {
        Storage::Sqlite(storage) => run!(storage),
        Storage::Postgres(storage) => run!(storage),
    }
}

/// Performs the job in a task of its own. The worker is one task, and that of the process's first thread
/// under `serve`: all its jobs would share one thread, and each answer to them would wake that one. A job
/// ends with its worker, as if it were a part of it.
async fn handle(job: Job, engine: Data<Engine>) -> Result<(), BoxDynError> {
    let named = job.clone();
    let task = tokio::spawn(async move { super::perform(&engine, &job).await });
    let performed = match AbortOnDropHandle::new(task).await {
        Ok(performed) => performed,
        Err(panicked) => Err(panicked.into()),
    };
    performed.map_err(|error| {
        tracing::error!(job = ?named, "{error:#}");
        error.into()
    })
}

/// Runs one sweep. An error or a panic does not stop the later ones: each starts from what the
/// database says.
async fn round(round: impl Future<Output = anyhow::Result<()>>) {
    match AssertUnwindSafe(round).catch_unwind().await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::error!("the sweep failed: {error:#}"),
        Err(panic) => {
            let words = panic_words(&*panic);
            tracing::error!("the sweep panicked; it runs again at its next time: {words}");
        }
    }
}

/// Never cancels a running sweep: a dropped statement could still commit after shutdown.
async fn sweep_until(engine: Engine, shutdown: impl Future<Output = ()>) {
    let mut ticks = interval(SWEEP);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    tokio::pin!(shutdown);
    loop {
        tokio::select! {
            biased;
            () = &mut shutdown => return,
            _ = ticks.tick() => {}
        }
        round(sweep::round(&engine)).await;
        // Apart from the sweep, since no row is due for it.
        round(books::round(&engine)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_in_a_round_does_not_end_the_sweep() {
        round(async { panic!("index out of bounds") }).await;
    }
}
