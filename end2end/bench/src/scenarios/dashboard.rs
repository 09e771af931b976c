//! A member's dashboard with ten referrals, on SQLite, beside its reads alone: one statement for each
//! thing that is read, and the joined ones that the product makes.

use anyhow::Result;

use super::Bench;
use crate::{
    load::{Outcome, closed},
    people::Member,
    report::{Aim, Line},
    rounds::median,
    store::Kind,
};

const PATH: &str = "/dashboard";
/// The yardstick by fewer statements.
const JOINED: &str = "/dashboard-joined";

pub async fn measure(bench: &Bench) -> Result<Vec<Line>> {
    let store = bench.store(Kind::Sqlite, "dashboard").await?;
    let server = bench.serve(&store).await?;
    let member = Member::new(server.addr, &store).await?;
    let programs = &bench.programs;
    let bare = programs.yardstick("dashboard", &[&store.url]).await?;
    let by_turns = async |connections, yardstick| {
        let load = async |addr, path, time| {
            let calls = member.opens(addr, path);
            closed(addr, connections, time, calls).await
        };
        let ours = async |time| load(server.addr, PATH, time).await;
        let theirs = async |time| load(bare.addr, yardstick, time).await;
        bench.pace.alternate(ours, theirs).await
    };
    let mut lines = Vec::new();
    for connections in [1, 16, 64] {
        let (ours, theirs) = by_turns(connections, PATH).await?;
        let plural = if connections == 1 { "" } else { "s" };
        let at = format!("Dashboard, {connections} connection{plural}");
        let both = |value: fn(&Outcome) -> f64| (median(&ours, value), median(&theirs, value));
        let (rate, bare_rate) = both(|round| round.per_second());
        let (p99, bare_p99) = both(|round| round.within_ms(0.99));
        lines.push(Line::new(&at, "/s", rate, Aim::ShareAtLeast(0.4)).beside(bare_rate));
        lines.push(
            Line::new(format!("{at}: p99"), "ms", p99, Aim::TimesAtMost(4.0)).beside(bare_p99),
        );
        if connections == 1 {
            let (p50, bare_p50) = both(|round| round.within_ms(0.5));
            let line = Line::new(format!("{at}: p50"), "ms", p50, Aim::AtMost(2.0));
            lines.push(line.beside(bare_p50));
        }
    }
    let (ours, theirs) = by_turns(16, JOINED).await?;
    let rate = |rounds: &[Outcome]| median(rounds, |round| round.per_second());
    let what = "Dashboard, 16 connections, beside the reads joined as the product joins them";
    lines.push(Line::new(what, "/s", rate(&ours), Aim::Told).beside(rate(&theirs)));
    Ok(lines)
}
