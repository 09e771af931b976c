//! What the three hottest paths cost at ten thousand referrals and at a million, and what the
//! console costs at a thousand and at a million; on both databases.

use anyhow::Result;

use super::{Bench, console, crowd::Crowd, registration::registrations};
use crate::{
    events::Events,
    fill,
    load::{Outcome, closed},
    people::Member,
    report::{Aim, Line},
    rounds::median,
    store::Kind,
};

pub async fn measure(bench: &Bench) -> Result<Vec<Line>> {
    let (fewest, few, many) = bench
        .pace
        .pick((1_000, 10_000, 1_000_000), (500, 1_000, 10_000));
    let mut lines = Vec::new();
    for kind in Kind::ALL {
        let at_many = Crowd::new(bench, kind, many).await?;
        let at_few = Crowd::new(bench, kind, few).await?;
        lines.extend(hot_paths(bench, &at_few, &at_many).await?);
        drop(at_few);
        let at_fewest = Crowd::new(bench, kind, fewest).await?;
        lines.extend(console::lines(bench, &at_fewest, &at_many).await?);
    }
    Ok(lines)
}

/// Who asks, and what Stripe tells, at one size.
struct Traffic<'a> {
    crowd: &'a Crowd,
    member: Member,
    events: Events,
}

impl<'a> Traffic<'a> {
    async fn new(bench: &Bench, crowd: &'a Crowd) -> Result<Self> {
        let member = Member::new(crowd.server.addr, &crowd.store).await?;
        let unpaid = bench.pace.pick(60_000, 5_000);
        fill::unpaid(&crowd.store, unpaid).await?;
        Ok(Self {
            crowd,
            member,
            events: Events::new(&crowd.store, unpaid)?,
        })
    }
}

async fn hot_paths(bench: &Bench, at_few: &Crowd, at_many: &Crowd) -> Result<Vec<Line>> {
    let few = Traffic::new(bench, at_few).await?;
    let many = Traffic::new(bench, at_many).await?;
    let mut lines = Vec::new();
    for what in ["Dashboard", "Registration", "Webhook"] {
        let load = async |side: &Traffic<'_>, time| {
            let addr = side.crowd.server.addr;
            let (connections, calls) = match what {
                "Dashboard" => (16, side.member.opens(addr, "/dashboard")),
                "Registration" => (4, registrations(addr)),
                _ => (16, side.events.to(addr)),
            };
            let outcome = closed(addr, connections, time, calls).await?;
            // The other side is not to be measured while jobs are left here.
            side.events.until_decided(&side.crowd.store).await?;
            anyhow::Ok(outcome)
        };
        let (ours, before) = bench
            .pace
            .alternate(
                async |time| load(&many, time).await,
                async |time| load(&few, time).await,
            )
            .await?;
        let rate = |rounds: &[Outcome]| median(rounds, |round| round.per_second());
        let line = Line::new(
            format!(
                "{what} at {} referrals, beside {}, {}",
                at_many.count,
                at_few.count,
                at_many.store.kind.name()
            ),
            "/s",
            rate(&ours),
            Aim::ShareAtLeast(0.9),
        );
        lines.push(line.beside(rate(&before)));
    }
    for side in [few, many] {
        side.events.were_applied(&side.crowd.store).await?;
    }
    Ok(lines)
}
