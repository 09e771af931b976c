//! The errors of a plain form, at its top.

use domain::forms::Refusal;
use leptos::prelude::*;

/// All errors of a form that does not show them beside its fields.
pub fn refusal_notice(refusal: &Refusal) -> Option<impl IntoView + use<>> {
    let message = refusal.message.clone();
    let fields = refusal.fields.iter().map(|error| error.message.clone());
    let sentences: Vec<_> = message.into_iter().chain(fields).collect();
    (!sentences.is_empty()).then(|| {
        let sentences = sentences
            .into_iter()
            .map(|sentence| view! { <p class="form-errors-title">{sentence}</p> });
        view! {
            <div class="form-errors" role="alert" tabindex="-1" autofocus>
                {sentences.collect_view()}
            </div>
        }
    })
}
