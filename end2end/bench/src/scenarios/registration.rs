//! Registrations beside what hashing their passwords alone allows, and what other pages feel of it.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use anyhow::Result;

use super::Bench;
use crate::{
    http,
    load::{Calls, closed},
    people,
    report::{Aim, Line},
    rounds::median,
    store::Kind,
};

const CONNECTIONS: usize = 8;
/// Others meanwhile, who look at the catalogue.
const OTHERS: usize = 4;

pub async fn measure(bench: &Bench) -> Result<Vec<Line>> {
    let store = bench.store(Kind::Sqlite, "registration").await?;
    let server = bench.serve(&store).await?;
    let bare = bench.programs.yardstick("hash", &[]).await?;
    let register = async |addr, time| closed(addr, CONNECTIONS, time, registrations(addr)).await;
    let (ours, theirs) = bench
        .pace
        .alternate(
            async |time| register(server.addr, time).await,
            async |time| register(bare.addr, time).await,
        )
        .await?;
    let pages = async |time| {
        let calls = Arc::new(move || http::get(server.addr, "/events").map(Some));
        closed(server.addr, OTHERS, time, calls).await
    };
    let (meanwhile, alone) = bench
        .pace
        .alternate(
            async |time| {
                let (pages, registered) = tokio::join!(pages(time), register(server.addr, time));
                registered?;
                pages
            },
            pages,
        )
        .await?;
    let rate = |rounds: &[crate::load::Outcome]| median(rounds, |round| round.per_second());
    let p99 = |rounds: &[crate::load::Outcome]| median(rounds, |round| round.within_ms(0.99));
    Ok(vec![
        Line::new(
            format!("Registrations, {CONNECTIONS} connections"),
            "/s",
            rate(&ours),
            Aim::ShareAtLeast(0.7),
        )
        .beside(rate(&theirs)),
        Line::new(
            "Catalogue page while others register: p99",
            "ms",
            p99(&meanwhile),
            Aim::TimesAtMost(2.0),
        )
        .beside(p99(&alone)),
    ])
}

/// Each of somebody new.
pub fn registrations(addr: std::net::SocketAddr) -> Calls {
    static NUMBER: AtomicU64 = AtomicU64::new(1);
    Arc::new(move || {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let form = people::form(&format!("new.{number}@example.com"));
        http::post_json(addr, "/api/v1/auth/register", &form).map(Some)
    })
}
