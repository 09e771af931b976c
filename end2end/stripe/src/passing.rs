//! The passing of time, as far as tests make it pass: what becomes due happens at its moment, in order.

use std::sync::Arc;

use crate::{
    api::coupons,
    authentication::Scope,
    billing::cycle,
    checkout::completion,
    internal,
    state::{SharedState, StripeState},
};

/// How many moments one call passes at most. Beyond them, all that is left happens at the end.
const MOST: usize = 10_000;

/// Moves the clock forward. Sessions whose `expires_at` has passed expire, and subscriptions are renewed
/// or end.
pub fn advance(shared: &Arc<SharedState>, seconds: i64) {
    shared.change(|state| {
        let end = state.clock.moved(seconds);
        let until = end.now();
        for _ in 0..MOST {
            let due = state.stores.values().filter_map(cycle::next_due).min();
            let Some(due) = due.filter(|due| *due <= until) else {
                break;
            };
            state.clock.advance_to(due);
            run_due(state, &shared.base_url);
        }
        state.clock = end;
        run_due(state, &shared.base_url);
    });
}

fn run_due(state: &mut StripeState, base_url: &str) {
    let names: Vec<String> = state.stores.keys().cloned().collect();
    for name in names {
        let mut call = internal::call(state, Scope::from_name(&name), base_url);
        completion::expire_overdue(&mut call);
        coupons::expire_overdue(&mut call);
        cycle::run_due(&mut call);
    }
}
