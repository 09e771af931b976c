//! Faults: an admin rolls secret keys while credits are being issued, and disconnects accounts and
//! connects them again. As at Stripe, an old key stays valid for a while.

use std::{
    sync::{Arc, atomic::Ordering::Relaxed},
    time::Duration,
};

use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use tokio::{sync::Mutex, time::sleep};

use super::{FaultCounts, endpoints, run_until_successful};
use crate::{
    demo::{BRANDS, Site},
    server_processes::ServerProcesses,
    workload::TestContext,
};

/// How long an old key stays valid: longer than a job's lease, so that jobs that began with it have
/// ended.
const OLD_KEY_LIFETIME: Duration = Duration::from_secs(240);

/// Rolls keys and reconnects accounts until it is aborted.
pub async fn roll_keys(
    context: Arc<TestContext>,
    processes: Arc<Mutex<ServerProcesses>>,
    counts: Arc<FaultCounts>,
    seed: u64,
) {
    let mut rng = StdRng::seed_from_u64(seed);
    loop {
        sleep(Duration::from_millis(rng.random_range(5_000..15_000))).await;
        let Some(site) = context.demo.sites.choose(&mut rng) else {
            return;
        };
        let _connection_lock = context.connection_lock.lock().await;
        let site = &context.connected_site(site);
        let first = site.stripe_secret_key.clone();
        let old = context.secret_key(&first);
        if rng.random_ratio(1, 3) {
            disconnect(&context, &processes, site).await;
            sleep(Duration::from_millis(rng.random_range(0..2_000))).await;
            connect(&context, &processes, site, &old, false).await;
            counts.reconnects.fetch_add(1, Relaxed);
            continue;
        }
        let new = format!("{first}_{:08x}", rng.random::<u32>());
        context.stripe.add_key(&old, &new);
        context.set_secret_key(&first, &new);
        connect(&context, &processes, site, &new, rng.random()).await;
        counts.key_rolls.fetch_add(1, Relaxed);
        let stripe = context.stripe.clone();
        tokio::spawn(async move {
            sleep(OLD_KEY_LIFETIME).await;
            stripe.expire_key(&old);
        });
    }
}

/// Connects every site with its current key.
pub async fn connect_all(context: &TestContext, processes: &Mutex<ServerProcesses>) {
    let _connection_lock = context.connection_lock.lock().await;
    for site in &context.demo.sites {
        let site = context.connected_site(site);
        let secret_key = context.secret_key(&site.stripe_secret_key);
        connect(context, processes, &site, &secret_key, false).await;
    }
}

/// How the path of every webhook endpoint begins.
const WEBHOOKS: &str = "/webhooks/stripe/";

/// Connects a site with a secret key. `same_account` claims that the key belongs to the connected
/// account; otherwise, or if the claim is refused because a restored backup has the account
/// disconnected, the product asks Stripe for the account. The webhook endpoint is then registered
/// at the path that the product prints.
pub async fn connect(
    context: &TestContext,
    processes: &Mutex<ServerProcesses>,
    site: &Site,
    secret_key: &str,
    same_account: bool,
) {
    let mut arguments = vec!["stripe", "connect", "--secret-key", secret_key];
    if site.is_live() {
        arguments.extend(["--webhook-secret", site.webhook_secret.as_str()]);
    }
    let output = match same_account {
        true => connect_same_account(context, processes, site, &arguments).await,
        false => None,
    };
    let output = match output {
        Some(output) => output,
        None => run_for_site(context, processes, site, arguments).await,
    };
    let path = output.find(WEBHOOKS).map(|at| &output[at..]);
    let path = path.and_then(|path| path.split_whitespace().next());
    let url = format!("http://{}{}", context.balancer, path.unwrap_or_default());
    if url == site.webhook_url {
        return;
    }
    if !site.is_live() {
        let (is, was) = (url, &site.webhook_url);
        context
            .log
            .record_failure(format!("the webhook path was {was} and is {is}"));
        return;
    }
    // The site has just gone live, or its account was lost in a restore.
    let first = &site.stripe_secret_key;
    context.stripe.remove_endpoint(first, &site.webhook_url);
    context.set_live(Site {
        webhook_url: url,
        ..site.clone()
    });
    endpoints::add_all(context);
}

async fn disconnect(context: &TestContext, processes: &Mutex<ServerProcesses>, site: &Site) {
    run_for_site(context, processes, site, vec!["stripe", "disconnect"]).await;
}

/// Connects with `--same-account`. Returns the output, or `None` if the command failed.
async fn connect_same_account(
    context: &TestContext,
    processes: &Mutex<ServerProcesses>,
    site: &Site,
    arguments: &[&str],
) -> Option<String> {
    let arguments = [arguments, &["--same-account"], &site_arguments(site)].concat();
    let output = processes
        .lock()
        .await
        .run_command(&arguments, context.balancer)
        .await;
    output.ok()
}

/// Runs a command for a site, or for the platform, until it succeeds.
async fn run_for_site(
    context: &TestContext,
    processes: &Mutex<ServerProcesses>,
    site: &Site,
    mut arguments: Vec<&str>,
) -> String {
    arguments.extend(site_arguments(site));
    run_until_successful(context, processes, &arguments).await
}

fn site_arguments(site: &Site) -> Vec<&str> {
    match BRANDS.contains(&site.key.as_str()) {
        true => vec!["--platform"],
        false => vec!["--site", site.key.as_str()],
    }
}
