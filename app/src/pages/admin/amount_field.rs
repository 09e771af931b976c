//! Typed amounts and reasons of the console's plain forms.

use domain::{forms::Refusal, money::Money};
use leptos::prelude::*;

/// An amount in whole cents. `start` stands in the field before anything was typed, and `hint` below it.
pub fn amount_field(
    form: &'static str,
    label: &'static str,
    (start, hint): (Option<Money>, String),
    refusal: &Refusal,
) -> impl IntoView + use<> {
    let error = refusal.about("amount").map(str::to_owned);
    let value = match (refusal.typed("amount"), start) {
        ("", Some(start)) if refusal.typed.is_empty() => start.cents().to_string(),
        (typed, _) => typed.to_owned(),
    };
    let invalid = error.is_some();
    let id = format!("{form}-amount");
    let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input
                id=id
                name="amount"
                inputmode="numeric"
                autocomplete="off"
                value=value
                autofocus=invalid
                aria-required="true"
                aria-invalid=invalid.then_some("true")
                aria-describedby=format!("{hint_id} {error_id}")
            />
            <p class="field-hint" id=hint_id>{hint}</p>
            <p class="field-error" id=error_id role=invalid.then_some("alert")>{error}</p>
        </div>
    }
}

/// Why something is done, in one line.
pub fn reason_field(
    form: &'static str,
    hint: &'static str,
    refusal: &Refusal,
) -> impl IntoView + use<> {
    let error = refusal.about("reason").map(str::to_owned);
    let invalid = error.is_some();
    let id = format!("{form}-reason");
    let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
    view! {
        <div class="field">
            <label for=id.clone()>"Reason"</label>
            <input
                id=id
                name="reason"
                maxlength="200"
                autocomplete="off"
                value=refusal.typed("reason").to_owned()
                autofocus=invalid && refusal.about("amount").is_none()
                aria-required="true"
                aria-invalid=invalid.then_some("true")
                aria-describedby=format!("{hint_id} {error_id}")
            />
            <p class="field-hint" id=hint_id>{hint}</p>
            <p class="field-error" id=error_id role=invalid.then_some("alert")>{error}</p>
        </div>
    }
}

/// The token that makes a form count once: that of a refused form stays.
pub fn form_token(fresh: &str, refusal: &Refusal) -> String {
    match refusal.typed("token") {
        "" => fresh.to_owned(),
        typed => typed.to_owned(),
    }
}
