//! Webhook deliveries: registers endpoints, and schedules, holds and resends deliveries.

pub mod attempt;
pub mod localhost;
mod signature;
pub mod target;
pub mod wait;

use std::sync::Arc;

use serde_json::Value;

use self::attempt::{attempt, deliver};
use crate::{
    authentication::Scope,
    state::{SharedState, StripeState},
    types::{ControlError, Delivery, DeliveryPlan, Endpoint, ReleaseOrder},
};

pub fn register_endpoint(shared: &Arc<SharedState>, mut endpoint: Endpoint) {
    shared.change(|state| {
        endpoint.secret_key = state.first_key(&endpoint.secret_key).to_owned();
        let same =
            |known: &Endpoint| known.secret_key == endpoint.secret_key && known.url == endpoint.url;
        state.endpoints.retain(|known| !same(known));
        state.endpoints.push(endpoint);
    });
}

pub fn remove_endpoint(shared: &Arc<SharedState>, secret_key: &str, url: &str) -> bool {
    shared.change(|state| {
        let before = state.endpoints.len();
        state
            .endpoints
            .retain(|known| known.secret_key != secret_key || known.url != url);
        state.endpoints.len() < before
    })
}

fn take_plan(state: &mut StripeState, key: &str, event_type: &str) -> Option<DeliveryPlan> {
    let at = state.plans.iter().position(|plan| {
        plan.secret_key == key && plan.event.as_ref().is_none_or(|kind| kind == event_type)
    })?;
    let plan = state.plans[at].clone();
    state.plans[at].times = plan.times.saturating_sub(1);
    state.plans.retain(|plan| plan.times > 0);
    Some(plan)
}

/// Schedules the delivery of an event to every endpoint that is subscribed to it. Returns the number of deliveries.
pub fn schedule(state: &mut StripeState, scope: &Scope, event: &Value) -> usize {
    let text = |field: &str| event[field].as_str().unwrap_or_default().to_owned();
    let targets = target::subscribed(state, scope, &text("type"));
    let plan = take_plan(state, &scope.key, &text("type"));
    let (copies, delay) = plan.map_or((1, 0), |plan| (plan.copies, plan.delay_ms));
    let held = state.keys_on_hold.contains(&scope.key);
    let mut count = 0;
    for target in targets {
        for _ in 0..copies {
            let id = state.deliveries.len() as u64 + 1;
            state.deliveries.push(Delivery {
                id,
                secret_key: scope.key.clone(),
                event: text("id"),
                event_type: text("type"),
                url: target.url.clone(),
                endpoint: target.endpoint.clone(),
                statuses: Vec::new(),
                held,
                done: false,
            });
            count += 1;
            if !held {
                state.scheduled.push((id, delay));
            }
        }
    }
    count
}

pub fn hold(shared: &Arc<SharedState>, secret_key: &str) {
    shared.change(|state| state.keys_on_hold.insert(secret_key.to_owned()));
}

pub fn release(shared: &Arc<SharedState>, secret_key: &str, order: ReleaseOrder) -> usize {
    let (mut ids, generation) = shared.change(|state| {
        state.keys_on_hold.remove(secret_key);
        let of_key = |delivery: &&mut Delivery| delivery.held && delivery.secret_key == secret_key;
        let held = state.deliveries.iter_mut().filter(of_key);
        let ids: Vec<u64> = held
            .map(|delivery| {
                delivery.held = false;
                delivery.id
            })
            .collect();
        (ids, state.generation)
    });
    if order == ReleaseOrder::NewestFirst {
        ids.reverse();
    }
    let (number, weak) = (ids.len(), Arc::downgrade(shared));
    shared.spawn(async move {
        for id in ids {
            let Some(shared) = weak.upgrade() else { return };
            if !attempt(&shared, id, generation).await {
                shared.spawn(deliver(weak.clone(), (id, 50)));
            }
        }
    });
    number
}

pub fn resend(shared: &Arc<SharedState>, event: &str) -> Result<usize, ControlError> {
    shared.change(|state| {
        let found = state.stores.iter().find_map(|(name, store)| {
            Some((Scope::from_name(name), store.get("events", event)?.clone()))
        });
        let (scope, event) =
            found.ok_or_else(|| ControlError(format!("there is no event {event}")))?;
        Ok(schedule(state, &scope, &event))
    })
}
