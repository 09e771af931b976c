//! What is wrong with a plain form, at its top.

use domain::forms::Refusal;
use leptos::prelude::*;

/// The message of a form that has no complaints beside fields, or all of them.
pub fn refused(refusal: &Refusal) -> Option<impl IntoView + use<>> {
    let message = refusal.message.clone();
    let fields = refusal.fields.iter().map(|error| error.message.clone());
    let sentences: Vec<_> = message.into_iter().chain(fields).collect();
    (!sentences.is_empty()).then(|| {
        let sentences = sentences
            .into_iter()
            .map(|sentence| view! { <p class="complaints-title">{sentence}</p> });
        view! {
            <div class="complaints" role="alert" tabindex="-1" autofocus>
                {sentences.collect_view()}
            </div>
        }
    })
}
