//! What the three most used paths cost with ten thousand and with a million referrals, and what the
//! console costs with a thousand and with a million; on both databases.

use anyhow::Result;

use super::{Bench, console, large_site::LargeSite, registration::registrations};
use crate::{
    bulk_insert,
    database::DatabaseKind,
    events::Events,
    load::{LoadResult, run_closed_loop},
    member::Member,
    report::{Aim, Measurement},
    rounds::median,
};

pub async fn measure(bench: &Bench) -> Result<Vec<Measurement>> {
    let (fewest, few, many) = bench
        .rounds
        .pick((1_000, 10_000, 1_000_000), (500, 1_000, 10_000));
    let mut measurements = Vec::new();
    for kind in DatabaseKind::ALL {
        let at_many = LargeSite::new(bench, kind, many).await?;
        let at_few = LargeSite::new(bench, kind, few).await?;
        measurements.extend(hot_paths(bench, &at_few, &at_many).await?);
        drop(at_few);
        let at_fewest = LargeSite::new(bench, kind, fewest).await?;
        measurements.extend(console::measurements(bench, &at_fewest, &at_many).await?);
    }
    Ok(measurements)
}

/// A member and a source of events for a site of one size.
struct Traffic<'a> {
    large_site: &'a LargeSite,
    member: Member,
    events: Events,
}

impl<'a> Traffic<'a> {
    async fn new(bench: &Bench, large_site: &'a LargeSite) -> Result<Self> {
        let member = Member::new(large_site.server.addr, &large_site.database).await?;
        let unpaid = bench.rounds.pick(60_000, 5_000);
        bulk_insert::insert_unpaid_purchases(&large_site.database, unpaid).await?;
        Ok(Self {
            large_site,
            member,
            events: Events::new(&large_site.database, unpaid)?,
        })
    }
}

async fn hot_paths(
    bench: &Bench,
    at_few: &LargeSite,
    at_many: &LargeSite,
) -> Result<Vec<Measurement>> {
    let few = Traffic::new(bench, at_few).await?;
    let many = Traffic::new(bench, at_many).await?;
    let mut measurements = Vec::new();
    for what in ["Dashboard", "Registration", "Webhook"] {
        let load = async |side: &Traffic<'_>, time| {
            let addr = side.large_site.server.addr;
            let (connections, requests) = match what {
                "Dashboard" => (16, side.member.page_requests(addr, "/dashboard")),
                "Registration" => (4, registrations(addr)),
                _ => (16, side.events.deliveries_to(addr)),
            };
            let outcome = run_closed_loop(addr, connections, time, requests).await?;
            // The other side must not be measured while jobs of this one are running.
            side.events
                .wait_until_decided(&side.large_site.database)
                .await?;
            anyhow::Ok(outcome)
        };
        let (ours, before) = bench
            .rounds
            .alternate(
                async |time| load(&many, time).await,
                async |time| load(&few, time).await,
            )
            .await?;
        let rate = |rounds: &[LoadResult]| median(rounds, |round| round.per_second());
        let line = Measurement::new(
            format!(
                "{what} at {} referrals, beside {}, {}",
                at_many.count,
                at_few.count,
                at_many.database.kind.name()
            ),
            "/s",
            rate(&ours),
            Aim::ShareAtLeast(0.9),
        );
        measurements.push(line.compared_with(rate(&before)));
    }
    for side in [few, many] {
        side.events
            .require_applied(&side.large_site.database)
            .await?;
    }
    Ok(measurements)
}
