//! A clone of the database is served beside the original, and Stripe delivers the same events to both.
//! The clone must take none of them. SQLite alone; of PostgreSQL, `server detach` is what tells.

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

use super::{Count, restores};
use crate::{database::Place, server_processes::Crew, workload::World};

/// Serves clones, for ever.
pub async fn serve(
    world: Arc<World>,
    crew: Arc<Mutex<Crew>>,
    place: Arc<Place>,
    count: Arc<Count>,
    seed: u64,
) {
    let Place::Sqlite { file } = place.as_ref() else {
        return;
    };
    let mut chance = StdRng::seed_from_u64(seed);
    for number in 1.. {
        let longest = if number == 1 { 6 } else { 120 };
        sleep(Duration::from_secs(chance.random_range(3..longest))).await;
        let copy = file.with_extension(format!("clone-{number}"));
        let served = Duration::from_millis(chance.random_range(2_000..10_000));
        match one(&world, &crew, &copy, served).await {
            Ok(tried) => {
                count.clones.fetch_add(u64::from(tried > 0), Relaxed);
            }
            Err(error) => world.diary.gave_up(format!("a clone: {error:#}")),
        }
    }
}

/// Serves one for a while; answers how often Stripe tried to deliver to it.
async fn one(
    world: &World,
    crew: &Mutex<Crew>,
    copy: &Path,
    served: Duration,
) -> anyhow::Result<usize> {
    restores::make(world, crew, copy).await;
    let address = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?;
    let place = Place::Sqlite {
        file: PathBuf::from(copy),
    };
    let mut clone = crew.lock().await.serve_copy(&place.url(), address)?;
    let mut endpoints = Vec::new();
    for site in &world.endpoints() {
        let url = at(&site.webhook_url, address)?;
        let endpoint = Endpoint::new(&site.stripe_secret_key, &url, &site.webhook_secret);
        world.stripe.register_endpoint(endpoint.clone());
        endpoints.push(endpoint);
    }
    sleep(served).await;
    let mut tried = 0;
    for Endpoint {
        secret_key, url, ..
    } in &endpoints
    {
        let to_clone = world.stripe.deliveries(secret_key);
        for delivery in to_clone.iter().filter(|delivery| delivery.url == *url) {
            tried += delivery.statuses.iter().filter(|code| **code > 0).count();
            let taken = delivery
                .statuses
                .iter()
                .any(|code| *code < 300 && *code > 0);
            ensure!(!taken, "it took {delivery:?}");
        }
        world.stripe.remove_endpoint(secret_key, url);
    }
    clone.kill().await?;
    Ok(tried)
}

/// The same path at another address.
fn at(url: &str, address: SocketAddr) -> anyhow::Result<String> {
    let mut url: Url = url.parse()?;
    url.set_port(Some(address.port())).ok().context("a port")?;
    Ok(url.to_string())
}
