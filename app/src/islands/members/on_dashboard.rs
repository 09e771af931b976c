//! What the islands of a dashboard show of credit and friends is read once for all of them.

use std::{cell::RefCell, rc::Rc};

use leptos::{prelude::*, task::spawn_local};

use crate::{
    islands::{call::ask, events::on_change},
    server_fns::GetDashboard,
    types::Dashboard,
};

/// Shows what was read; `None` if it could not be.
type Show = Rc<dyn Fn(Option<&Dashboard>)>;

thread_local! {
    /// One for each island of the page that shows it.
    static SHOWN_BY: RefCell<Vec<Show>> = const { RefCell::new(Vec::new()) };
}

/// Calls `show` each time that it was read: whenever it may have changed at the server, and when an island asks for it.
pub fn on_dashboard(show: impl Fn(Option<&Dashboard>) + 'static) {
    let show: Show = Rc::new(show);
    // Effects run in the browser alone.
    Effect::new(move || {
        let show = show.clone();
        let is_first = SHOWN_BY.with_borrow_mut(|islands| {
            islands.push(show);
            islands.len() == 1
        });
        if is_first {
            on_change(read_dashboard);
        }
    });
}

/// Reads what the islands show, and has them show it.
pub fn read_dashboard() {
    spawn_local(async {
        let read = ask::<GetDashboard>(&[]).await.ok().flatten();
        let islands = SHOWN_BY.with_borrow(Vec::clone);
        for show in islands {
            show(read.as_ref());
        }
    });
}
