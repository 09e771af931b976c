//! Fault: a clone of the database is started beside the original, and Stripe delivers the same
//! events to both. The clone must not accept any. SQLite only; on PostgreSQL a clone is recognized
//! only after `server detach`.

use std::{
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    sync::{Arc, atomic::Ordering::Relaxed},
    time::Duration,
};

use anyhow::{Context, ensure};
use rand::{Rng, SeedableRng, rngs::StdRng};
use reqwest::Url;
use stripe_stand_in::Endpoint;
use tokio::{sync::Mutex, time::sleep};

use super::{FaultCounts, restores};
use crate::{database::TestDatabase, server_processes::ServerProcesses, workload::TestContext};

/// Starts clones until it is aborted.
pub async fn serve_clones(
    context: Arc<TestContext>,
    processes: Arc<Mutex<ServerProcesses>>,
    database: Arc<TestDatabase>,
    counts: Arc<FaultCounts>,
    seed: u64,
) {
    let TestDatabase::Sqlite { file } = database.as_ref() else {
        return;
    };
    let mut rng = StdRng::seed_from_u64(seed);
    for number in 1.. {
        let longest = if number == 1 { 6 } else { 120 };
        sleep(Duration::from_secs(rng.random_range(3..longest))).await;
        let copy = file.with_extension(format!("clone-{number}"));
        let served = Duration::from_millis(rng.random_range(2_000..10_000));
        match serve_clone(&context, &processes, &copy, served).await {
            Ok(attempts) => {
                counts.clones.fetch_add(u64::from(attempts > 0), Relaxed);
            }
            Err(error) => context.log.record_failure(format!("a clone: {error:#}")),
        }
    }
}

/// Runs one clone for a while. Returns how often Stripe tried to deliver to it.
async fn serve_clone(
    context: &TestContext,
    processes: &Mutex<ServerProcesses>,
    copy: &Path,
    served: Duration,
) -> anyhow::Result<usize> {
    restores::make_backup(context, processes, copy).await;
    let address = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?;
    let database = TestDatabase::Sqlite {
        file: PathBuf::from(copy),
    };
    let mut clone = processes
        .lock()
        .await
        .serve_clone(&database.url(), address)?;
    let mut endpoints = Vec::new();
    for site in &context.sites_with_endpoint() {
        let url = at_address(&site.webhook_url, address)?;
        let endpoint = Endpoint::new(&site.stripe_secret_key, &url, &site.webhook_secret);
        context.stripe.register_endpoint(endpoint.clone());
        endpoints.push(endpoint);
    }
    sleep(served).await;
    let mut attempts = 0;
    for Endpoint {
        secret_key, url, ..
    } in &endpoints
    {
        let to_clone = context.stripe.deliveries(secret_key);
        for delivery in to_clone.iter().filter(|delivery| delivery.url == *url) {
            attempts += delivery.statuses.iter().filter(|code| **code > 0).count();
            let accepted = delivery
                .statuses
                .iter()
                .any(|code| *code < 300 && *code > 0);
            ensure!(!accepted, "the clone accepted {delivery:?}");
        }
        context.stripe.remove_endpoint(secret_key, url);
    }
    clone.kill().await?;
    Ok(attempts)
}

/// The same path at another address.
fn at_address(url: &str, address: SocketAddr) -> anyhow::Result<String> {
    let mut url: Url = url.parse()?;
    url.set_port(Some(address.port())).ok().context("a port")?;
    Ok(url.to_string())
}
