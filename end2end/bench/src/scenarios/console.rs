//! Admin > Referrals with its cards and its first page, unfiltered and filtered: one admin, one page
//! after the other.

use anyhow::Result;

use super::{Bench, crowd::Crowd};
use crate::{
    http,
    load::{Outcome, closed},
    people::opens,
    report::{Aim, Line},
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

pub async fn lines(bench: &Bench, at_few: &Crowd, at_many: &Crowd) -> Result<Vec<Line>> {
    let (few, many) = (sign_in(at_few).await?, sign_in(at_many).await?);
    let mut lines = Vec::new();
    for (shown, path) in PAGES {
        let load = async |crowd: &Crowd, cookie: &str, time| {
            let addr = crowd.server.addr;
            closed(addr, 1, time, opens(addr, path, cookie)).await
        };
        let (ours, before) = bench
            .pace
            .alternate(
                async |time| load(at_many, &many, time).await,
                async |time| load(at_few, &few, time).await,
            )
            .await?;
        let within = |rounds: &[Outcome], share| median(rounds, |round| round.within_ms(share));
        let what = format!(
            "Admin > Referrals ({shown}) at {}, beside {}, {}",
            at_many.count,
            at_few.count,
            at_many.store.kind.name()
        );
        let (half, most) = (within(&ours, 0.5), within(&ours, 0.95));
        let half = Line::new(format!("{what}: p50"), "ms", half, Aim::TimesAtMost(1.5));
        let most = Line::new(format!("{what}: p95"), "ms", most, Aim::AtMost(LONGEST_MS));
        lines.push(half.beside(within(&before, 0.5)));
        lines.push(most.beside(within(&before, 0.95)));
    }
    Ok(lines)
}

/// The cookie of who runs the site.
async fn sign_in(crowd: &Crowd) -> Result<String> {
    let admin = crowd.store.demo.login("tenant admin")?;
    http::sign_in(crowd.server.addr, &admin.email, &admin.password).await
}
