//! Lets tests wait for deliveries without sleeping.

use crate::{
    types::{Delivery, Problem},
    world::{Shared, World},
};

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

pub async fn delivered(
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

pub async fn attempted(
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

pub async fn idle(shared: &Shared, key: &str) -> Result<(), Problem> {
    let look = |world: &World| {
        let idle =
            |delivery: &Delivery| delivery.done || delivery.held || delivery.secret_key != key;
        world.deliveries.iter().all(idle).then_some(())
    };
    shared.wait_for(look, "every delivery to end").await
}
