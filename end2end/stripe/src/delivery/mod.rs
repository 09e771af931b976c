//! Webhooks: the endpoints, and which deliveries are made, held and sent again.

pub mod attempt;
mod signature;
pub mod wait;

use std::sync::Arc;

use serde_json::Value;

use self::attempt::{attempt, carry};
use crate::{
    account::Scope,
    types::{Delivery, DeliveryPlan, Endpoint, Order, Problem},
    world::{Shared, World},
};

pub fn register(shared: &Arc<Shared>, mut endpoint: Endpoint) {
    shared.change(|world| {
        endpoint.secret_key = world.first_key(&endpoint.secret_key).to_owned();
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
