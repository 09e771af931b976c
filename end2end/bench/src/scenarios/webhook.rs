//! The webhook for a paid purchase: it is verified and stored, the purchase is marked as paid, and
//! a job is enqueued. On both databases, beside a program that runs the same statements in one
//! transaction. Nobody referred the buyer, so the job is short; on PostgreSQL a separate worker
//! would run it, and none is started.

use anyhow::Result;

use super::Bench;
use crate::{
    bulk_insert,
    database::DatabaseKind,
    events::Events,
    load::{LoadResult, run_closed_loop},
    report::{Aim, Measurement},
    rounds::median,
};

const CONNECTIONS: usize = 16;

pub async fn measure(bench: &Bench) -> Result<Vec<Measurement>> {
    let mut measurements = Vec::new();
    for kind in DatabaseKind::ALL {
        measurements.extend(measure_on(bench, kind).await?);
    }
    Ok(measurements)
}

async fn measure_on(bench: &Bench, kind: DatabaseKind) -> Result<Vec<Measurement>> {
    let filled = bench.rounds.pick(150_000, 10_000);
    let database = bench.database(kind, "webhook").await?;
    let bare_store = bench.database(kind, "webhook_bare").await?;
    let extra_args: &[&str] = match kind {
        DatabaseKind::Sqlite => &[],
        DatabaseKind::Postgres => &["--no-worker"],
    };
    let processes = &bench.processes;
    let server = processes
        .serve(&database, &bench.stripe, extra_args)
        .await?;
    let bare = processes.yardstick("webhook", &[&bare_store.url]).await?;
    bulk_insert::insert_unpaid_purchases(&database, filled).await?;
    bulk_insert::insert_unpaid_purchases(&bare_store, filled).await?;
    let events = Events::new(&database, filled)?;
    let bare_events = Events::new(&bare_store, filled)?;
    let (ours, theirs) = bench
        .rounds
        .alternate(
            async |time| {
                let requests = events.deliveries_to(server.addr);
                let outcome = run_closed_loop(server.addr, CONNECTIONS, time, requests).await?;
                if kind == DatabaseKind::Sqlite {
                    // The yardstick must not be measured while jobs of the product are running.
                    events.wait_until_decided(&database).await?;
                }
                Ok(outcome)
            },
            async |time| {
                run_closed_loop(
                    bare.addr,
                    CONNECTIONS,
                    time,
                    bare_events.deliveries_to(bare.addr),
                )
                .await
            },
        )
        .await?;
    events.require_applied(&database).await?;
    bare_events.require_applied(&bare_store).await?;
    let what = format!("Webhook taken, {}, {CONNECTIONS} connections", kind.name());
    let both = |value: fn(&LoadResult) -> f64| (median(&ours, value), median(&theirs, value));
    let (rate, bare_rate) = both(|round| round.per_second());
    let (p99, bare_p99) = both(|round| round.within_ms(0.99));
    Ok(vec![
        Measurement::new(&what, "/s", rate, Aim::ShareAtLeast(0.6)).compared_with(bare_rate),
        Measurement::new(format!("{what}: p99"), "ms", p99, Aim::Informational)
            .compared_with(bare_p99),
    ])
}
