//! Stripe's word that a purchase is paid: taken, stored, the purchase marked, a job written; on both
//! databases, beside the same statements in one transaction. Nobody referred the buyer, so the job
//! ends soon; on PostgreSQL a worker of its own would do it, and none runs.

use anyhow::Result;

use super::Bench;
use crate::{
    events::Events,
    fill,
    load::{Outcome, closed},
    report::{Aim, Line},
    rounds::median,
    store::Kind,
};

const CONNECTIONS: usize = 16;

pub async fn measure(bench: &Bench) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    for kind in Kind::ALL {
        lines.extend(on(bench, kind).await?);
    }
    Ok(lines)
}

async fn on(bench: &Bench, kind: Kind) -> Result<Vec<Line>> {
    let filled = bench.pace.pick(150_000, 10_000);
    let store = bench.store(kind, "webhook").await?;
    let bare_store = bench.store(kind, "webhook_bare").await?;
    let more: &[&str] = match kind {
        Kind::Sqlite => &[],
        Kind::Postgres => &["--no-worker"],
    };
    let programs = &bench.programs;
    let server = programs.serve(&store, &bench.stripe, more).await?;
    let bare = programs.yardstick("webhook", &[&bare_store.url]).await?;
    fill::unpaid(&store, filled).await?;
    fill::unpaid(&bare_store, filled).await?;
    let events = Events::new(&store, filled)?;
    let bare_events = Events::new(&bare_store, filled)?;
    let (ours, theirs) = bench
        .pace
        .alternate(
            async |time| {
                let calls = events.to(server.addr);
                let outcome = closed(server.addr, CONNECTIONS, time, calls).await?;
                if kind == Kind::Sqlite {
                    // The yardstick is not to be measured while the product's jobs are left.
                    events.until_decided(&store).await?;
                }
                Ok(outcome)
            },
            async |time| closed(bare.addr, CONNECTIONS, time, bare_events.to(bare.addr)).await,
        )
        .await?;
    events.were_applied(&store).await?;
    bare_events.were_applied(&bare_store).await?;
    let what = format!("Webhook taken, {}, {CONNECTIONS} connections", kind.name());
    let both = |value: fn(&Outcome) -> f64| (median(&ours, value), median(&theirs, value));
    let (rate, bare_rate) = both(|round| round.per_second());
    let (p99, bare_p99) = both(|round| round.within_ms(0.99));
    Ok(vec![
        Line::new(&what, "/s", rate, Aim::ShareAtLeast(0.6)).beside(bare_rate),
        Line::new(format!("{what}: p99"), "ms", p99, Aim::Told).beside(bare_p99),
    ])
}
