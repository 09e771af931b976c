//! Lets tests wait for deliveries without polling.

use crate::{
    state::{SharedState, StripeState},
    types::{ControlError, Delivery},
};

/// Waits until the deliveries of an event type add up to `count`, each weighted by `counts`.
async fn wait(
    shared: &SharedState,
    key: &str,
    event_type: &str,
    count: usize,
    counts: impl Fn(&Delivery) -> usize,
) -> Result<Vec<Delivery>, ControlError> {
    let what = format!("{count} deliveries of {event_type}");
    let find = |state: &StripeState| {
        let mut found = state.deliveries_of(key);
        found.retain(|delivery| delivery.event_type == event_type && counts(delivery) > 0);
        (found.iter().map(&counts).sum::<usize>() >= count).then_some(found)
    };
    shared.wait_for(find, &what).await
}

pub async fn delivered(
    shared: &SharedState,
    key: &str,
    event_type: &str,
    count: usize,
) -> Result<Vec<Delivery>, ControlError> {
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

pub async fn attempted(
    shared: &SharedState,
    key: &str,
    event_type: &str,
    count: usize,
) -> Result<Vec<Delivery>, ControlError> {
    wait(shared, key, event_type, count, |delivery| {
        delivery.statuses.len()
    })
    .await
}

pub async fn finished(shared: &SharedState, key: &str) -> Result<(), ControlError> {
    let find = |state: &StripeState| {
        let finished =
            |delivery: &Delivery| delivery.done || delivery.held || delivery.secret_key != key;
        state.deliveries.iter().all(finished).then_some(())
    };
    shared.wait_for(find, "all deliveries to finish").await
}
