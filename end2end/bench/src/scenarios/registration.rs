//! Registrations beside a program that only hashes passwords, and their effect on other pages.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use anyhow::Result;

use super::Bench;
use crate::{
    database::DatabaseKind,
    http,
    load::{RequestSource, run_closed_loop},
    member,
    report::{Aim, Measurement},
    rounds::median,
};

const CONNECTIONS: usize = 8;
/// Connections that meanwhile request a page of the catalog.
const OTHERS: usize = 4;

pub async fn measure(bench: &Bench) -> Result<Vec<Measurement>> {
    let database = bench.database(DatabaseKind::Sqlite, "registration").await?;
    let server = bench.serve(&database).await?;
    let bare = bench.processes.yardstick("hash", &[]).await?;
    let register =
        async |addr, time| run_closed_loop(addr, CONNECTIONS, time, registrations(addr)).await;
    let (ours, theirs) = bench
        .rounds
        .alternate(
            async |time| register(server.addr, time).await,
            async |time| register(bare.addr, time).await,
        )
        .await?;
    let pages = async |time| {
        let requests = Arc::new(move || http::get(server.addr, "/events").map(Some));
        run_closed_loop(server.addr, OTHERS, time, requests).await
    };
    let (meanwhile, alone) = bench
        .rounds
        .alternate(
            async |time| {
                let (pages, registered) = tokio::join!(pages(time), register(server.addr, time));
                registered?;
                pages
            },
            pages,
        )
        .await?;
    let rate = |rounds: &[crate::load::LoadResult]| median(rounds, |round| round.per_second());
    let p99 = |rounds: &[crate::load::LoadResult]| median(rounds, |round| round.within_ms(0.99));
    Ok(vec![
        Measurement::new(
            format!("Registrations, {CONNECTIONS} connections"),
            "/s",
            rate(&ours),
            Aim::ShareAtLeast(0.7),
        )
        .compared_with(rate(&theirs)),
        Measurement::new(
            "Catalog page while others register: p99",
            "ms",
            p99(&meanwhile),
            Aim::TimesAtMost(2.0),
        )
        .compared_with(p99(&alone)),
    ])
}

/// Registrations, each with a new email.
pub fn registrations(addr: std::net::SocketAddr) -> RequestSource {
    static NUMBER: AtomicU64 = AtomicU64::new(1);
    Arc::new(move || {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let form = member::form(&format!("new.{number}@example.com"));
        http::post_json(addr, "/api/v1/auth/register", &form).map(Some)
    })
}
