//! What needs an admin's attention, above the referrals and the notifications.

use domain::attention::AttentionLine;
use leptos::prelude::*;

/// The panel; nothing if nothing needs attention.
pub fn attention(lines: Vec<AttentionLine>) -> Option<impl IntoView> {
    if lines.is_empty() {
        return None;
    }
    let lines = lines.into_iter().map(|line| {
        view! { <li><a href=line.path>{line.sentence}</a></li> }
    });
    Some(view! {
        <section class="panel attention" aria-labelledby="attention-title">
            <h2 class="panel-title" id="attention-title">"Needs attention"</h2>
            <ul class="attention-lines">{lines.collect_view()}</ul>
        </section>
    })
}
