//! Carries webhooks to their endpoints: signed, again and again until a 2xx.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedReceiver;

use crate::{
    clock::machine_now,
    delivery::signature,
    types::{Delivery, Endpoint},
    world::{Departure, Shared, World},
};

const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
const ATTEMPT: Duration = Duration::from_secs(20);

/// Carries every delivery that departs, until the stand-in stops.
pub async fn carry_all(shared: Weak<Shared>, mut departures: UnboundedReceiver<Departure>) {
    while let Some(departure) = departures.recv().await {
        tokio::spawn(carry(shared.clone(), departure));
    }
}

/// Carries one delivery until it ends. Weak, so that it does not keep a stopped stand-in alive.
pub async fn carry(shared: Weak<Shared>, (id, delay): Departure) {
    let Some(era) = shared
        .upgrade()
        .map(|shared| shared.read(|world| world.era))
    else {
        return;
    };
    tokio::time::sleep(Duration::from_millis(delay)).await;
    let mut pause = FIRST_PAUSE;
    loop {
        match shared.upgrade() {
            Some(shared) if !attempt(&shared, id, era).await => {}
            _ => return,
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Deliveries are numbered from 1, in the order of the list.
fn place(id: u64) -> Option<usize> {
    usize::try_from(id).ok()?.checked_sub(1)
}

fn lookup(world: &World, id: u64, era: u64) -> Option<(Delivery, Option<(Endpoint, Value)>)> {
    let delivery = world
        .deliveries
        .get(place(id)?)
        .filter(|_| world.era == era)?
        .clone();
    let endpoint = world
        .endpoints
        .iter()
        .find(|one| one.secret_key == delivery.secret_key && one.url == delivery.url)
        .cloned();
    let event = world
        .stores
        .values()
        .find_map(|store| store.get("events", &delivery.event))
        .cloned();
    Some((delivery, endpoint.zip(event)))
}

/// One attempt; true when there is nothing more to do.
pub async fn attempt(shared: &Arc<Shared>, id: u64, era: u64) -> bool {
    let Some((delivery, parcel)) = shared.read(|world| lookup(world, id, era)) else {
        return true;
    };
    let Some((endpoint, event)) = parcel else {
        mark(shared, id, era, None);
        return true;
    };
    let body = format!("{event:#}").into_bytes();
    // The receiver compares with the machine's time, whatever the stand-in's clock shows.
    let signature = signature::header(&endpoint.signing_secrets, machine_now(), &body);
    let request = shared
        .http
        .post(&delivery.url)
        .timeout(ATTEMPT)
        .header("content-type", "application/json; charset=utf-8")
        .header(
            "user-agent",
            "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        )
        .header("stripe-signature", signature)
        .body(body);
    let status = request
        .send()
        .await
        .map_or(0, |answer| answer.status().as_u16());
    mark(shared, id, era, Some(status));
    (200..300).contains(&status)
}

fn mark(shared: &Arc<Shared>, id: u64, era: u64, status: Option<u16>) {
    shared.change(|world| {
        if world.era != era {
            return;
        }
        let Some(delivery) = place(id).and_then(|place| world.deliveries.get_mut(place)) else {
            return;
        };
        delivery.statuses.extend(status);
        delivery.done = status.is_none_or(|status| (200..300).contains(&status));
        let (done, event) = (delivery.done, delivery.event.clone());
        let mut stores = world.stores.values_mut();
        if let Some(event) = stores
            .find_map(|store| store.get_mut("events", &event))
            .filter(|_| done)
        {
            let left = event["pending_webhooks"].as_i64().unwrap_or_default() - 1;
            event["pending_webhooks"] = json!(left.max(0));
        }
    });
}
