//! A setting of the console that one button changes. Its form is plain: the page reloads and says what was done.

use leptos::prelude::*;

use crate::{components::refusal_notice, ports::Viewer};

/// A setting that one button changes.
pub struct Switch {
    pub id: &'static str,
    pub title: &'static str,
    /// The server function, and its path.
    pub function: &'static str,
    pub path: &'static str,
    /// What it takes: `on`, or nothing.
    pub field: &'static str,
    /// The button's label where the setting is on, and where it is not.
    pub labels: [&'static str; 2],
}

/// The setting as it is, and the button that changes it.
pub fn switch(viewer: &Viewer, of: &Switch, on: bool, words: AnyView) -> AnyView {
    let refusal = viewer.refusal(of.function);
    let [stop, start] = of.labels;
    let (label, value) = if on { (stop, "") } else { (start, "on") };
    view! {
        <section class="panel" aria-labelledby=of.id>
            <h2 class="panel-title" id=of.id>{of.title}</h2>
            {refusal_notice(&refusal)}
            <p class="account-standing">{words}</p>
            <form method="post" action=of.path>
                <input type="hidden" name=of.field value=value />
                <button type="submit" class="button">{label}</button>
            </form>
        </section>
    }
    .into_any()
}
