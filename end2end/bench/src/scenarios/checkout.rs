//! Starting a purchase, without credit: from the member's request to the address of Stripe's page,
//! with a Stripe that responds at once. On both databases, beside a program that writes the same
//! rows and asks Stripe the same.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use anyhow::{Result, ensure};
use axum::http::{HeaderValue, header::AUTHORIZATION};
use serde_json::json;

use super::Bench;
use crate::{
    bulk_insert::{self, Ids, api_token},
    database::{Database, DatabaseKind},
    http,
    load::{LoadResult, RequestSource, run_closed_loop},
    report::{Aim, Measurement},
    rounds::median,
};

const CONNECTIONS: usize = 16;

pub async fn measure(bench: &Bench) -> Result<Vec<Measurement>> {
    let mut measurements = Vec::new();
    for kind in DatabaseKind::ALL {
        measurements.extend(measure_on(bench, kind).await?);
    }
    Ok(measurements)
}

async fn measure_on(bench: &Bench, kind: DatabaseKind) -> Result<Vec<Measurement>> {
    let filled = bench.rounds.pick(30_000, 3_000);
    let database = bench.database(kind, "checkout").await?;
    let bare_store = bench.database(kind, "checkout_bare").await?;
    let server = bench.serve(&database).await?;
    let key = &bare_store.demo.site()?.stripe_secret_key;
    let bare = bench
        .processes
        .yardstick("checkout", &[&bare_store.url, &bench.stripe.url, key])
        .await?;
    bulk_insert::insert_buyers(&database, filled).await?;
    bulk_insert::insert_buyers(&bare_store, filled).await?;
    let buyers = Buyers::new(&database, filled).await?;
    let bare_buyers = Buyers::new(&bare_store, filled).await?;
    let start = async |addr, time, buyers: &Buyers| {
        run_closed_loop(addr, CONNECTIONS, time, buyers.requests_to(addr)).await
    };
    let (ours, theirs) = bench
        .rounds
        .alternate(
            async |time| start(server.addr, time, &buyers).await,
            async |time| start(bare.addr, time, &bare_buyers).await,
        )
        .await?;
    buyers.require_open(&database).await?;
    bare_buyers.require_open(&bare_store).await?;
    let what = format!(
        "Purchase started, {}, {CONNECTIONS} connections",
        kind.name()
    );
    let both = |value: fn(&LoadResult) -> f64| (median(&ours, value), median(&theirs, value));
    let (rate, bare_rate) = both(|round| round.per_second());
    let (p99, bare_p99) = both(|round| round.within_ms(0.99));
    Ok(vec![
        Measurement::new(&what, "/s", rate, Aim::Informational).compared_with(bare_rate),
        Measurement::new(format!("{what}: p99"), "ms", p99, Aim::Informational)
            .compared_with(bare_p99),
    ])
}

/// The inserted members; each starts one purchase, because one who starts another one finds the
/// first page open.
struct Buyers {
    started: Arc<AtomicI64>,
    last: i64,
    product: i64,
}

impl Buyers {
    async fn new(database: &Database, last: i64) -> Result<Self> {
        Ok(Self {
            started: Arc::default(),
            last,
            product: Ids::of(database).await?.product,
        })
    }

    fn requests_to(&self, addr: SocketAddr) -> RequestSource {
        let (started, last) = (self.started.clone(), self.last);
        let body = json!({ "product_id": self.product });
        Arc::new(move || {
            let number = started.fetch_add(1, Ordering::Relaxed) + 1;
            if number > last {
                return Ok(None);
            }
            let mut request = http::post_json(addr, "/api/v1/purchases", &body)?;
            let bearer = HeaderValue::from_str(&format!("Bearer {}", api_token(number)))?;
            request.headers_mut().insert(AUTHORIZATION, bearer);
            Ok(Some(request))
        })
    }

    /// Checks that each request led to a page, and that no round ended for want of members.
    async fn require_open(&self, database: &Database) -> Result<()> {
        let open = "SELECT COUNT(*) FROM checkout_sessions \
                    WHERE state = 'open' AND session_id IS NOT NULL AND url IS NOT NULL";
        let (open, started) = (
            database.number(open).await?,
            self.started.load(Ordering::Relaxed),
        );
        ensure!(started <= self.last, "{} members are too few", self.last);
        ensure!(
            open == started,
            "{started} purchases were started, {open} pages are open"
        );
        Ok(())
    }
}
