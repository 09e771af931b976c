//! An id at Stripe: to read, to copy, and to open in Stripe's dashboard.

use leptos::prelude::*;

use crate::islands::{Icon, icon};

/// The id, linked to its page of the dashboard if there is one. `what` names it for screen readers.
/// `app/src/app/copy.js` copies it.
pub fn stripe_id(what: &str, id: &str, dashboard: Option<&str>) -> AnyView {
    let text = view! { <code translate="no">{id.to_owned()}</code> };
    let text = match dashboard {
        Some(page) => view! {
            <a href=page.to_owned() rel="noreferrer">{text}{icon(Icon::ExternalLink)}</a>
        }
        .into_any(),
        None => text.into_any(),
    };
    view! {
        <span class="copy-field stripe-id">
            {text}
            <button type="button" class="button needs-script">
                {icon(Icon::Copy)}
                "Copy"<span class="visually-hidden">" " {what.to_owned()}</span>
            </button>
            <span class="copy-field-result" role="status"></span>
        </span>
    }
    .into_any()
}
