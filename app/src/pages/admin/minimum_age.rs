//! The form that sets the age that a site asks of who registers. It is plain: its page reloads and
//! says what was done.

use domain::forms::Refusal;
use leptos::{prelude::*, server_fn::ServerFn};

use crate::{components::refusal_notice, server_fns::admin::SaveMinimumAge};

/// The panel with the form; `saved` is empty if the site asks for no age.
pub fn minimum_age(saved: String, refusal: &Refusal) -> impl IntoView + use<> {
    let error = refusal.about("minimum_age").map(str::to_owned);
    let value = match refusal.typed("minimum_age") {
        "" => saved,
        typed => typed.to_owned(),
    };
    let notice = error.is_none().then(|| refusal_notice(refusal));
    view! {
        <section class="panel" aria-labelledby="registration-title">
            <h2 class="panel-title" id="registration-title">"Registration"</h2>
            <form class="sale" method="post" action=SaveMinimumAge::PATH>
                {notice}
                <div class="field">
                    <label for="minimum_age">"Minimum age"</label>
                    <input
                        id="minimum_age"
                        name="minimum_age"
                        inputmode="numeric"
                        autocomplete="off"
                        value=value
                        aria-invalid=error.is_some().then_some("true")
                        aria-describedby="minimum_age-hint minimum_age-error"
                    />
                    <p class="field-hint" id="minimum_age-hint">
                        "In years. Anyone younger cannot register. Empty: no minimum age."
                    </p>
                    <p class="field-error" id="minimum_age-error">{error}</p>
                </div>
                <button type="submit" class="button">"Save"</button>
            </form>
        </section>
    }
}
