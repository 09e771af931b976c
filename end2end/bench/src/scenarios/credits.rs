//! From Stripe's word that a purchase is paid to the referral's Credited, Stripe answering after
//! 50 ms: events at the pace at which Stripe lets a live account write, then many at once.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use serde_json::json;

use super::Bench;
use crate::{
    events::Events,
    fill, http,
    load::{Connection, closed, paced},
    programs::StandIn,
    report::{Aim, Line},
    store::{Kind, Store},
};

const ANSWER_AFTER: Duration = Duration::from_millis(50);
/// Writes that Stripe takes from a live account, in a second.
const PER_SECOND: i64 = 100;
/// Friends come through so many members, who have Stripe customers.
const REFERRERS: i64 = 200;
/// How much the queue may go up and down.
const SLACK: i64 = PER_SECOND;
/// How long what is left may take.
const PATIENCE: Duration = Duration::from_secs(120);

pub async fn measure(bench: &Bench) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    for kind in Kind::ALL {
        lines.extend(on(bench, kind).await?);
    }
    Ok(lines)
}

async fn on(bench: &Bench, kind: Kind) -> Result<Vec<Line>> {
    let stripe = bench.programs.stand_in(ANSWER_AFTER).await?;
    let store = bench.programs.store(kind, "credits", &stripe).await?;
    let seconds = bench.pace.pick(60, 3);
    let burst = bench.pace.pick(3_000, 100);
    let filled = PER_SECOND * (seconds + 1) + burst;
    plant_customers(&stripe, &store).await?;
    fill::worth_a_credit(&store, REFERRERS, filled).await?;
    let server = bench.programs.serve(&store, &stripe, &[]).await?;
    let before = credited(&store).await?;
    let events = Events::new(&store, filled - burst)?;

    let time = Duration::from_secs(seconds.unsigned_abs());
    let sending = paced(
        server.addr,
        10,
        PER_SECOND as f64,
        time,
        events.to(server.addr),
    );
    let watching = async {
        tokio::time::sleep(time / 2).await;
        let waiting = events.sent() + before - credited(&store).await?;
        anyhow::Ok(waiting)
    };
    let (sent, half_way) = tokio::join!(sending, watching);
    sent?;
    let half_way = half_way?;
    let at_end = events.sent() + before - credited(&store).await?;
    let from = events.sent();
    let mut fastest = Issuing::begin(&store, before + from).await?.watch().await?;
    if fastest.all {
        // It keeps up: only many at once tell how fast it can be.
        let rest = Events::after(&store, from, filled)?;
        let issuing = Issuing::begin(&store, before + filled).await?;
        closed(server.addr, 16, PATIENCE, rest.to(server.addr)).await?;
        fastest = issuing.watch().await?;
    }
    let took_ms = store
        .numbers(
            "SELECT credits.issued_at - purchases.paid_at FROM credits \
             JOIN referrals ON referrals.id = credits.referral_id \
             JOIN purchases ON purchases.id = referrals.purchase_id \
             WHERE credits.state = 'issued' AND purchases.checkout_session_id LIKE 'cs_bench_%' \
             ORDER BY purchases.id",
        )
        .await?;
    let mut took_ms: Vec<i64> = took_ms.into_iter().take(usize::try_from(from)?).collect();
    ensure!(!took_ms.is_empty(), "no credit was issued");
    took_ms.sort_unstable();
    let p99 = took_ms.get(took_ms.len() * 99 / 100).copied();

    let name = kind.name();
    let pace = format!("{PER_SECOND} events/s for {seconds} s, {name}");
    let grew = Line::new(
        format!("Webhook to Credited, {pace}: waiting at the end, beside half-way"),
        "",
        at_end as f64,
        Aim::AtMost((half_way + SLACK) as f64),
    );
    Ok(vec![
        Line::new(
            format!("Webhook to Credited, as fast as it goes, {name}"),
            "/s",
            fastest.per_second,
            Aim::AtLeast(PER_SECOND as f64),
        ),
        grew.beside(half_way as f64),
        Line::new(
            format!("Webhook to Credited, {pace}: p99"),
            "ms",
            p99.unwrap_or_default() as f64,
            Aim::Told,
        ),
    ])
}

async fn plant_customers(stripe: &StandIn, store: &Store) -> Result<()> {
    let customers: Vec<_> = (1..=REFERRERS)
        .map(|number| json!({ "id": format!("cus_bench_{number}") }))
        .collect();
    let seed = json!({
        "secret_key": store.demo.site()?.stripe_secret_key, "customers": customers,
    });
    let seed = http::post_json(stripe.addr, "/_control/seed", &seed)?;
    Connection::open(stripe.addr).await?.ask(seed).await?;
    Ok(())
}

async fn credited(store: &Store) -> Result<i64> {
    let issued = "SELECT COUNT(*) FROM credits WHERE state = 'issued'";
    store.number(issued).await
}

/// Credits that are being issued, from a moment on.
struct Issuing<'a> {
    store: &'a Store,
    begun: Instant,
    from: i64,
    to: i64,
}

/// How fast they were issued; `all`, or as many as were in [`PATIENCE`].
struct Issued {
    per_second: f64,
    all: bool,
}

impl<'a> Issuing<'a> {
    async fn begin(store: &'a Store, to: i64) -> Result<Self> {
        Ok(Self {
            from: credited(store).await?,
            begun: Instant::now(),
            store,
            to,
        })
    }

    async fn watch(self) -> Result<Issued> {
        loop {
            let so_far = credited(self.store).await?;
            let (all, took) = (so_far >= self.to, self.begun.elapsed());
            if all || took > PATIENCE {
                return Ok(Issued {
                    per_second: (so_far - self.from) as f64 / took.as_secs_f64(),
                    all,
                });
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}
