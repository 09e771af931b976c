//! The forms that retry a credit: one for each row, and one for all selected rows.

use leptos::{ev::Event, prelude::*, server_fn::ServerFn};
use web_sys::HtmlInputElement;

use super::{controls::retryable, reducer::Message, table::Table};
use crate::{
    islands::{any_view::IntoAnyView, live_text::LiveText},
    server_fns::admin::RetryReferrals,
};

/// The id of the form that the checkboxes of all rows belong to.
const SELECTED: &str = "retry-selected";

/// Below the rows: retries all selected ones at once. With JavaScript it stands there only while a row is
/// selected.
#[component]
pub fn RetrySelected(table: Table) -> impl IntoView {
    let any = move || table.page(|page| !retryable(page).is_empty());
    let selected = move || table.state.with(|state| state.selected.len());
    // Without JavaScript nothing would show the button once a row is selected.
    let awake = RwSignal::new(false);
    Effect::new(move || awake.set(true));
    let hidden = move || !any() || awake.get() && selected() == 0;
    let label = move || {
        LiveText(match selected() {
            0 => "Retry selected".to_owned(),
            many => format!("Retry selected ({many})"),
        })
    };
    view! {
        <form
            id=SELECTED
            class="table-bulk"
            class:is-idle=move || selected() == 0
            method="post"
            action=RetryReferrals::PATH
            hidden=hidden
            on:submit=move |event| table.retry(event)
        >
            {hidden_fields(table)}
            <button
                id="retry-all"
                type="submit"
                class="button button-small"
                aria-disabled=move || table.retrying.busy.get().then_some("true")
            >
                {label}
            </button>
        </form>
    }
}

/// The program, and the address to return to without JavaScript.
fn hidden_fields(table: Table) -> impl IntoView {
    let back = table.page_now(|page| page.filter.path());
    view! {
        <input type="hidden" name="program" value=table.program.code() />
        <input type="hidden" name="back" value=back />
    }
}

/// Above the checkboxes of the rows: the one of all rows.
pub fn pick_all(table: Table) -> AnyView {
    let selected = move || table.state.with(|state| state.selected.len());
    let all = move || selected() > 0 && table.page(|page| retryable(page).len() == selected());
    let select = move |event: Event| {
        let ticked = event_target_checked(&event);
        table.send(Message::SelectAll { ticked });
    };
    view! {
        <label class="pick needs-script">
            <input id="pick-all" type="checkbox" prop:checked=all on:change=select />
            <span class="visually-hidden">"Select all"</span>
        </label>
    }
    .into_any_view()
}

/// At the start of a row: its checkbox.
pub fn pick(table: Table, id: i64, referred: String) -> AnyView {
    let selected = move || table.state.with(|state| state.selected.contains(&id));
    let select = move |event: Event| {
        let ticked = event_target::<HtmlInputElement>(&event).checked();
        table.send(Message::Select { id, ticked });
    };
    view! {
        <label class="pick">
            <input
                id=format!("pick-{id}")
                type="checkbox"
                name="ids[]"
                value=id.to_string()
                form=SELECTED
                prop:checked=selected
                on:change=select
            />
            <span class="visually-hidden">"Select " {referred}</span>
        </label>
    }
    .into_any_view()
}

/// At the end of a row: its button.
pub fn retry_form(table: Table, id: i64, referred: String) -> AnyView {
    view! {
        <form
            class="retry"
            method="post"
            action=RetryReferrals::PATH
            on:submit=move |event| table.retry(event)
        >
            {hidden_fields(table)}
            <input type="hidden" name="ids[]" value=id.to_string() />
            <button
                id=format!("retry-{id}")
                type="submit"
                class="button button-small"
                aria-disabled=move || table.retrying.busy.get().then_some("true")
            >
                "Retry"
                <span class="visually-hidden">" " {referred}</span>
            </button>
        </form>
    }
    .into_any_view()
}
