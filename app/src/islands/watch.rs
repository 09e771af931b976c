//! Asking again while something is awaited, ever less often.

use std::{cell::Cell, rc::Rc, time::Duration};

use leptos::prelude::*;

/// How many seconds pass before it is asked again. When they are used up the person asks, not the page.
const PAUSES: [u64; 12] = [1, 2, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144];

/// Calls `ask` again and again while `waiting`, in the browser alone.
pub fn watch(waiting: impl Fn() -> bool + Clone + 'static, ask: impl Fn() + Clone + 'static) {
    // Effects run in the browser alone.
    Effect::new(move || {
        later(Rc::new(Cell::new(0)), waiting.clone(), ask.clone());
    });
}

fn later(
    asked: Rc<Cell<usize>>,
    waiting: impl Fn() -> bool + Clone + 'static,
    ask: impl Fn() + Clone + 'static,
) {
    let Some(pause) = PAUSES.get(asked.get()).filter(|_| waiting()) else {
        return;
    };
    asked.set(asked.get() + 1);
    set_timeout(
        move || {
            if waiting() {
                ask();
                later(asked, waiting, ask);
            }
        },
        Duration::from_secs(*pause),
    );
}
