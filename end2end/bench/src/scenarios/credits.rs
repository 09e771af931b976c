//! From the webhook for a paid purchase to the Credited referral, with a Stripe that responds after
//! 50 ms: first at the rate at which Stripe accepts requests of a live account, then as a burst.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::json;

use super::Bench;
use crate::{
    bulk_insert,
    database::{Database, DatabaseKind},
    events::Events,
    http,
    load::{Connection, run_at_rate, run_closed_loop},
    processes::StandIn,
    report::{Aim, Measurement},
};

const STRIPE_LATENCY: Duration = Duration::from_millis(50);
/// Stripe's limit for write requests of a live account, per second.
const PER_SECOND: i64 = 100;
/// The number of members who refer the friends; they have Stripe customers.
const REFERRERS: i64 = 200;
/// By how much the length of the queue may vary.
const QUEUE_TOLERANCE: i64 = PER_SECOND;
/// How long remaining credits may take.
const TIMEOUT: Duration = Duration::from_secs(120);

pub async fn measure(bench: &Bench) -> Result<Vec<Measurement>> {
    let mut measurements = Vec::new();
    for kind in DatabaseKind::ALL {
        measurements.extend(measure_on(bench, kind).await?);
    }
    Ok(measurements)
}

async fn measure_on(bench: &Bench, kind: DatabaseKind) -> Result<Vec<Measurement>> {
    let stripe = bench.processes.stand_in(STRIPE_LATENCY).await?;
    let database = bench.processes.database(kind, "credits", &stripe).await?;
    let seconds = bench.rounds.pick(60, 3);
    let burst = bench.rounds.pick(3_000, 100);
    let filled = PER_SECOND * (seconds + 1) + burst;
    seed_customers(&stripe, &database).await?;
    bulk_insert::insert_referred_purchases(&database, REFERRERS, filled).await?;
    let server = bench.processes.serve(&database, &stripe, &[]).await?;
    let before = issued_credits(&database).await?;
    let events = Events::new(&database, filled - burst)?;

    let time = Duration::from_secs(seconds.unsigned_abs());
    let sending = run_at_rate(
        server.addr,
        10,
        PER_SECOND as f64,
        time,
        events.deliveries_to(server.addr),
    );
    let half_time = async {
        tokio::time::sleep(time / 2).await;
        let waiting = events.sent() + before - issued_credits(&database).await?;
        anyhow::Ok(waiting)
    };
    let (sent, waiting_half_way) = tokio::join!(sending, half_time);
    sent?;
    let waiting_half_way = waiting_half_way?;
    let waiting_at_end = events.sent() + before - issued_credits(&database).await?;
    let from = events.sent();
    let mut fastest = CreditProgress::start(&database, before + from)
        .await?
        .wait()
        .await?;
    if fastest.all {
        // The product keeps up, so only a burst shows its highest rate.
        let rest = Events::after(&database, from, filled)?;
        let progress = CreditProgress::start(&database, before + filled).await?;
        run_closed_loop(server.addr, 16, TIMEOUT, rest.deliveries_to(server.addr)).await?;
        fastest = progress.wait().await?;
    }
    let took_ms = database
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
    let load = format!("{PER_SECOND} events/s for {seconds} s, {name}");
    let grew = Measurement::new(
        format!("Webhook to Credited, {load}: waiting at the end, beside half-way"),
        "",
        waiting_at_end as f64,
        Aim::AtMost((waiting_half_way + QUEUE_TOLERANCE) as f64),
    );
    Ok(vec![
        Measurement::new(
            format!("Webhook to Credited, as fast as it goes, {name}"),
            "/s",
            fastest.per_second,
            Aim::AtLeast(PER_SECOND as f64),
        ),
        grew.compared_with(waiting_half_way as f64),
        Measurement::new(
            format!("Webhook to Credited, {load}: p99"),
            "ms",
            p99.unwrap_or_default() as f64,
            Aim::Informational,
        ),
    ])
}

/// Customers as the product makes them: with its metadata, or each credit would first look for another
/// customer that has it.
async fn seed_customers(stripe: &StandIn, database: &Database) -> Result<()> {
    let realms = database.texts("SELECT DISTINCT realm FROM sites").await?;
    let realm = realms.first().context("the demo's sites have no realm")?;
    let customers: Vec<_> = (1..=REFERRERS)
        .map(|number| {
            let metadata = json!({ "realm": realm, "holder": bulk_insert::member_token(number) });
            json!({ "id": format!("cus_bench_{number}"), "metadata": metadata })
        })
        .collect();
    let seed = json!({
        "secret_key": database.demo.site()?.stripe_secret_key, "customers": customers,
    });
    let seed = http::post_json(stripe.addr, "/_control/seed", &seed)?;
    Connection::open(stripe.addr)
        .await?
        .send_successful(seed)
        .await?;
    Ok(())
}

async fn issued_credits(database: &Database) -> Result<i64> {
    let issued = "SELECT COUNT(*) FROM credits WHERE state = 'issued'";
    database.number(issued).await
}

/// Measures how fast credits are issued, from its start on.
struct CreditProgress<'a> {
    database: &'a Database,
    started: Instant,
    from: i64,
    to: i64,
}

/// The rate, and whether all credits were issued within [`TIMEOUT`].
struct IssueRate {
    per_second: f64,
    all: bool,
}

impl<'a> CreditProgress<'a> {
    async fn start(database: &'a Database, to: i64) -> Result<Self> {
        Ok(Self {
            from: issued_credits(database).await?,
            started: Instant::now(),
            database,
            to,
        })
    }

    async fn wait(self) -> Result<IssueRate> {
        loop {
            let so_far = issued_credits(self.database).await?;
            let (all, took) = (so_far >= self.to, self.started.elapsed());
            if all || took > TIMEOUT {
                return Ok(IssueRate {
                    per_second: (so_far - self.from) as f64 / took.as_secs_f64(),
                    all,
                });
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}
