//! Polling the server while a payment is awaited, at growing intervals.

use std::{cell::Cell, rc::Rc, time::Duration};

use leptos::prelude::*;

/// The waits between two polls, in seconds: six minutes in all. After that the person can reload.
const WAITS: [u64; 12] = [1, 2, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144];

/// Calls `poll` repeatedly while `waiting` is true.
pub fn watch(waiting: impl Fn() -> bool + Clone + 'static, poll: impl Fn() + Clone + 'static) {
    // Effects run in the browser alone.
    Effect::new(move || {
        schedule(Rc::new(Cell::new(0)), waiting.clone(), poll.clone());
    });
}

fn schedule(
    polls: Rc<Cell<usize>>,
    waiting: impl Fn() -> bool + Clone + 'static,
    poll: impl Fn() + Clone + 'static,
) {
    let Some(wait) = WAITS.get(polls.get()).filter(|_| waiting()) else {
        return;
    };
    polls.set(polls.get() + 1);
    set_timeout(
        move || {
            if waiting() {
                poll();
                schedule(polls, waiting, poll);
            }
        },
        Duration::from_secs(*wait),
    );
}
