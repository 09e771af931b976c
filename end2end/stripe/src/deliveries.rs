//! Webhooks: each event to each endpoint, signed, again and again until a 2xx.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use serde_json::{Value, json};

use crate::{
    account::Scope,
    clock::machine_now,
    signature,
    types::{Delivery, DeliveryPlan, Endpoint, Order, Problem},
    world::{Departure, Shared, World},
};

const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
const ATTEMPT: Duration = Duration::from_secs(20);

pub fn register(shared: &Arc<Shared>, endpoint: Endpoint) {
    shared.change(|world| {
        let same =
            |known: &Endpoint| known.secret_key == endpoint.secret_key && known.url == endpoint.url;
        world.endpoints.retain(|known| !same(known));
        world.endpoints.push(endpoint);
    });
}

pub fn unregister(shared: &Arc<Shared>, secret_key: &str, url: &str) -> bool {
    shared.change(|world| {
        let before = world.endpoints.len();
        world
            .endpoints
            .retain(|known| known.secret_key != secret_key || known.url != url);
        world.endpoints.len() < before
    })
}

/// The endpoints that are told of what happens in a store.
pub fn receivers(world: &World, scope: &Scope) -> Vec<Endpoint> {
    let told = |endpoint: &&Endpoint| {
        endpoint.secret_key == scope.key && endpoint.connect == scope.account.is_some()
    };
    world.endpoints.iter().filter(told).cloned().collect()
}

fn plan(world: &mut World, key: &str, event_type: &str) -> Option<DeliveryPlan> {
    let at = world.plans.iter().position(|plan| {
        plan.secret_key == key && plan.event.as_ref().is_none_or(|kind| kind == event_type)
    })?;
    let plan = world.plans[at].clone();
    world.plans[at].times = plan.times.saturating_sub(1);
    world.plans.retain(|plan| plan.times > 0);
    Some(plan)
}

/// Puts an event on its way to every endpoint. Gives the number of deliveries.
pub fn depart(world: &mut World, scope: &Scope, event: &Value) -> usize {
    let text = |field: &str| event[field].as_str().unwrap_or_default().to_owned();
    let receivers = receivers(world, scope);
    let plan = plan(world, &scope.key, &text("type"));
    let (copies, delay) = plan.map_or((1, 0), |plan| (plan.copies, plan.delay_ms));
    let held = world.holding.contains(&scope.key);
    let mut made = 0;
    for endpoint in receivers {
        for _ in 0..copies {
            let id = world.deliveries.len() as u64 + 1;
            world.deliveries.push(Delivery {
                id,
                secret_key: scope.key.clone(),
                event: text("id"),
                event_type: text("type"),
                url: endpoint.url.clone(),
                statuses: Vec::new(),
                held,
                done: false,
            });
            made += 1;
            if !held {
                world.departures.push((id, delay));
            }
        }
    }
    made
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

fn lookup(world: &World, id: u64, era: u64) -> Option<(Delivery, Option<(Endpoint, Value)>)> {
    let at = usize::try_from(id).ok()?.checked_sub(1)?;
    let delivery = world
        .deliveries
        .get(at)
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
async fn attempt(shared: &Arc<Shared>, id: u64, era: u64) -> bool {
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
        let Some(delivery) = world
            .deliveries
            .iter_mut()
            .find(|delivery| delivery.id == id)
        else {
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

pub fn hold(shared: &Arc<Shared>, secret_key: &str) {
    shared.change(|world| world.holding.insert(secret_key.to_owned()));
}

pub fn release(shared: &Arc<Shared>, secret_key: &str, order: Order) -> usize {
    let (mut ids, era) = shared.change(|world| {
        world.holding.remove(secret_key);
        let of_key = |delivery: &&mut Delivery| delivery.held && delivery.secret_key == secret_key;
        let held = world.deliveries.iter_mut().filter(of_key);
        let ids: Vec<u64> = held
            .map(|delivery| {
                delivery.held = false;
                delivery.id
            })
            .collect();
        (ids, world.era)
    });
    if order == Order::NewestFirst {
        ids.reverse();
    }
    let (number, weak) = (ids.len(), Arc::downgrade(shared));
    shared.spawn(async move {
        for id in ids {
            let Some(shared) = weak.upgrade() else { return };
            if !attempt(&shared, id, era).await {
                shared.spawn(carry(weak.clone(), (id, 50)));
            }
        }
    });
    number
}

pub fn resend(shared: &Arc<Shared>, event: &str) -> Result<usize, Problem> {
    shared.change(|world| {
        let found = world.stores.iter().find_map(|(name, store)| {
            Some((Scope::named(name), store.get("events", event)?.clone()))
        });
        let (scope, event) = found.ok_or_else(|| Problem(format!("there is no event {event}")))?;
        Ok(depart(world, &scope, &event))
    })
}

/// Waits for deliveries of a type that `counts`.
async fn wait(
    shared: &Shared,
    key: &str,
    event_type: &str,
    count: usize,
    counts: impl Fn(&Delivery) -> usize,
) -> Result<Vec<Delivery>, Problem> {
    let what = format!("{count} deliveries of {event_type}");
    let look = |world: &World| {
        let mut found = world.deliveries_of(key);
        found.retain(|delivery| delivery.event_type == event_type && counts(delivery) > 0);
        (found.iter().map(&counts).sum::<usize>() >= count).then_some(found)
    };
    shared.wait_for(look, &what).await
}

pub async fn wait_delivered(
    shared: &Shared,
    key: &str,
    event_type: &str,
    count: usize,
) -> Result<Vec<Delivery>, Problem> {
    let answered = |delivery: &Delivery| {
        usize::from(
            delivery
                .statuses
                .last()
                .is_some_and(|status| (200..300).contains(status)),
        )
    };
    wait(shared, key, event_type, count, answered).await
}

pub async fn wait_attempted(
    shared: &Shared,
    key: &str,
    event_type: &str,
    count: usize,
) -> Result<Vec<Delivery>, Problem> {
    wait(shared, key, event_type, count, |delivery| {
        delivery.statuses.len()
    })
    .await
}

pub async fn wait_idle(shared: &Shared, key: &str) -> Result<(), Problem> {
    let look = |world: &World| {
        let idle =
            |delivery: &Delivery| delivery.done || delivery.held || delivery.secret_key != key;
        world.deliveries.iter().all(idle).then_some(())
    };
    shared.wait_for(look, "every delivery to end").await
}
