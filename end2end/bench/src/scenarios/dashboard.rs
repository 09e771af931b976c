//! A member's dashboard with ten referrals on SQLite, beside a program that only runs its queries:
//! once with one statement for each table, and once joined as the product joins them.

use anyhow::Result;

use super::Bench;
use crate::{
    database::DatabaseKind,
    load::{LoadResult, run_closed_loop},
    member::Member,
    report::{Aim, Measurement},
    rounds::median,
};

const PATH: &str = "/dashboard";
/// The yardstick with the product's joined statements.
const JOINED: &str = "/dashboard-joined";

pub async fn measure(bench: &Bench) -> Result<Vec<Measurement>> {
    let database = bench.database(DatabaseKind::Sqlite, "dashboard").await?;
    let server = bench.serve(&database).await?;
    let member = Member::new(server.addr, &database).await?;
    let processes = &bench.processes;
    let bare = processes.yardstick("dashboard", &[&database.url]).await?;
    let by_turns = async |connections, yardstick| {
        let load = async |addr, path, time| {
            let requests = member.page_requests(addr, path);
            run_closed_loop(addr, connections, time, requests).await
        };
        let ours = async |time| load(server.addr, PATH, time).await;
        let theirs = async |time| load(bare.addr, yardstick, time).await;
        bench.rounds.alternate(ours, theirs).await
    };
    let mut measurements = Vec::new();
    for connections in [1, 16, 64] {
        let (ours, theirs) = by_turns(connections, PATH).await?;
        let plural = if connections == 1 { "" } else { "s" };
        let at = format!("Dashboard, {connections} connection{plural}");
        let both = |value: fn(&LoadResult) -> f64| (median(&ours, value), median(&theirs, value));
        let (rate, bare_rate) = both(|round| round.per_second());
        let (p99, bare_p99) = both(|round| round.within_ms(0.99));
        measurements.push(
            Measurement::new(&at, "/s", rate, Aim::ShareAtLeast(0.4)).compared_with(bare_rate),
        );
        measurements.push(
            Measurement::new(format!("{at}: p99"), "ms", p99, Aim::TimesAtMost(4.0))
                .compared_with(bare_p99),
        );
        if connections == 1 {
            let (p50, bare_p50) = both(|round| round.within_ms(0.5));
            let line = Measurement::new(format!("{at}: p50"), "ms", p50, Aim::AtMost(2.0));
            measurements.push(line.compared_with(bare_p50));
        }
    }
    let (ours, theirs) = by_turns(16, JOINED).await?;
    let rate = |rounds: &[LoadResult]| median(rounds, |round| round.per_second());
    let what = "Dashboard, 16 connections, beside the reads joined as the product joins them";
    measurements.push(
        Measurement::new(what, "/s", rate(&ours), Aim::Informational).compared_with(rate(&theirs)),
    );
    Ok(measurements)
}
