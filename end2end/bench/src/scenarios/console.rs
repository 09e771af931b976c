//! The console's page Referrals with its cards and its first page, unfiltered and filtered,
//! requested by one admin on one connection.

use anyhow::Result;

use super::{Bench, large_site::LargeSite};
use crate::{
    http,
    load::{LoadResult, run_closed_loop},
    member::page_requests,
    report::{Aim, Measurement},
    rounds::median,
};

const PAGES: [(&str, &str); 2] = [
    ("all", "/admin/referrals"),
    (
        "Credited, by credit",
        "/admin/referrals?status=credited&sort=credit",
    ),
];
const LONGEST_MS: f64 = 50.0;

pub async fn measurements(
    bench: &Bench,
    at_few: &LargeSite,
    at_many: &LargeSite,
) -> Result<Vec<Measurement>> {
    let (few, many) = (sign_in(at_few).await?, sign_in(at_many).await?);
    let mut measurements = Vec::new();
    for (shown, path) in PAGES {
        let load = async |large_site: &LargeSite, cookie: &str, time| {
            let addr = large_site.server.addr;
            run_closed_loop(addr, 1, time, page_requests(addr, path, cookie)).await
        };
        let (ours, before) = bench
            .rounds
            .alternate(
                async |time| load(at_many, &many, time).await,
                async |time| load(at_few, &few, time).await,
            )
            .await?;
        let within = |rounds: &[LoadResult], share| median(rounds, |round| round.within_ms(share));
        let what = format!(
            "Admin > Referrals ({shown}) at {}, beside {}, {}",
            at_many.count,
            at_few.count,
            at_many.database.kind.name()
        );
        let (half, most) = (within(&ours, 0.5), within(&ours, 0.95));
        let half = Measurement::new(format!("{what}: p50"), "ms", half, Aim::TimesAtMost(1.5));
        let most = Measurement::new(format!("{what}: p95"), "ms", most, Aim::AtMost(LONGEST_MS));
        measurements.push(half.compared_with(within(&before, 0.5)));
        measurements.push(most.compared_with(within(&before, 0.95)));
    }
    Ok(measurements)
}

/// The session cookie of the site's admin.
async fn sign_in(large_site: &LargeSite) -> Result<String> {
    let admin = large_site.database.demo.login("tenant admin")?;
    http::sign_in(large_site.server.addr, &admin.email, &admin.password).await
}
