//! A member's dashboard with ten referrals, on SQLite, beside its reads alone.

use anyhow::Result;

use super::Bench;
use crate::{
    load::closed,
    people::Member,
    report::{Aim, Line},
    rounds::median,
    store::Kind,
};

const PATH: &str = "/dashboard";

pub async fn measure(bench: &Bench) -> Result<Vec<Line>> {
    let store = bench.store(Kind::Sqlite, "dashboard").await?;
    let server = bench.serve(&store).await?;
    let member = Member::new(server.addr, &store).await?;
    let programs = &bench.programs;
    let bare = programs.yardstick("dashboard", &[&store.url]).await?;
    let mut lines = Vec::new();
    for connections in [1, 16, 64] {
        let load = async |addr, time| {
            let calls = member.opens(addr, PATH);
            closed(addr, connections, time, calls).await
        };
        let (ours, theirs) = bench
            .pace
            .alternate(
                async |time| load(server.addr, time).await,
                async |time| load(bare.addr, time).await,
            )
            .await?;
        let plural = if connections == 1 { "" } else { "s" };
        let at = format!("Dashboard, {connections} connection{plural}");
        let both = |value: fn(&crate::load::Outcome) -> f64| {
            (median(&ours, value), median(&theirs, value))
        };
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
    Ok(lines)
}
