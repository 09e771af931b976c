//! Sends webhook deliveries: signed, and retried until the endpoint answers with a 2xx.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedReceiver;

use crate::{
    clock::machine_now,
    delivery::{
        signature,
        target::{self, DeliveryTarget},
    },
    state::{ScheduledDelivery, SharedState, StripeState},
    types::Delivery,
};

const MIN_BACKOFF: Duration = Duration::from_millis(50);
const MAX_BACKOFF: Duration = Duration::from_secs(5);
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(20);

/// Starts every scheduled delivery, until the stand-in stops.
pub async fn deliver_scheduled(
    shared: Weak<SharedState>,
    mut scheduled: UnboundedReceiver<ScheduledDelivery>,
) {
    while let Some(delivery) = scheduled.recv().await {
        tokio::spawn(deliver(shared.clone(), delivery));
    }
}

/// Retries one delivery until it ends. Holds only a weak reference, so that a stopped stand-in is
/// freed.
pub async fn deliver(shared: Weak<SharedState>, (id, delay): ScheduledDelivery) {
    let Some(generation) = shared
        .upgrade()
        .map(|shared| shared.read(|state| state.generation))
    else {
        return;
    };
    tokio::time::sleep(Duration::from_millis(delay)).await;
    let mut backoff = MIN_BACKOFF;
    loop {
        match shared.upgrade() {
            Some(shared) if !attempt(&shared, id, generation).await => {}
            _ => return,
        }
        tokio::time::sleep(backoff).await;
        backoff = (backoff * 2).min(MAX_BACKOFF);
    }
}

/// The position of a delivery in the list; ids count from 1.
fn index(id: u64) -> Option<usize> {
    usize::try_from(id).ok()?.checked_sub(1)
}

/// The delivery, and where its event goes; no target if its endpoint was removed or disabled.
fn find_delivery(
    state: &StripeState,
    id: u64,
    generation: u64,
) -> Option<(Delivery, Option<(DeliveryTarget, Value)>)> {
    let delivery = state
        .deliveries
        .get(index(id)?)
        .filter(|_| state.generation == generation)?
        .clone();
    let target = target::of(state, &delivery);
    let event = state
        .stores
        .values()
        .find_map(|store| store.get("events", &delivery.event))
        .cloned();
    Some((delivery, target.zip(event)))
}

/// Makes one attempt. Returns true when the delivery has ended.
pub async fn attempt(shared: &Arc<SharedState>, id: u64, generation: u64) -> bool {
    let Some((_, target)) = shared.read(|state| find_delivery(state, id, generation)) else {
        return true;
    };
    let Some((target, mut event)) = target else {
        record_attempt(shared, id, generation, None);
        return true;
    };
    if let Some(version) = &target.api_version {
        event["api_version"] = json!(version);
    }
    let body = format!("{event:#}").into_bytes();
    // The endpoint compares the signature's time with its own clock, not with the stand-in's.
    let now = machine_now() + shared.read(|state| state.endpoints_ahead);
    let signature = signature::header(&target.signing_secrets, now, &body);
    let request = shared
        .http
        .post(&target.url)
        .timeout(ATTEMPT_TIMEOUT)
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
        .map_or(0, |response| response.status().as_u16());
    record_attempt(shared, id, generation, Some(status));
    (200..300).contains(&status)
}

fn record_attempt(shared: &Arc<SharedState>, id: u64, generation: u64, status: Option<u16>) {
    shared.change(|state| {
        if state.generation != generation {
            return;
        }
        let Some(delivery) = index(id).and_then(|index| state.deliveries.get_mut(index)) else {
            return;
        };
        delivery.statuses.extend(status);
        delivery.done = status.is_none_or(|status| (200..300).contains(&status));
        let (done, event) = (delivery.done, delivery.event.clone());
        let mut stores = state.stores.values_mut();
        if let Some(event) = stores
            .find_map(|store| store.get_mut("events", &event))
            .filter(|_| done)
        {
            let left = event["pending_webhooks"].as_i64().unwrap_or_default() - 1;
            event["pending_webhooks"] = json!(left.max(0));
        }
    });
}
