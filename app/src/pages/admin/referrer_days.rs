//! The form that lets members name their referrer. It is plain: its page reloads and says what was done.

use domain::forms::Refusal;
use leptos::{prelude::*, server_fn::ServerFn};

use crate::{components::refusal_notice, server_fns::admin::SaveReferrerDays};

/// The panel with the form; `saved` is empty if members cannot do so.
pub fn referrer_days(saved: String, refusal: &Refusal) -> impl IntoView + use<> {
    let error = refusal.about("days").map(str::to_owned);
    let invalid = error.is_some();
    // What was typed, even if that was nothing.
    let typed = refusal.typed.get("days").cloned().unwrap_or(saved);
    let notice = (!invalid).then(|| refusal_notice(refusal));
    view! {
        <section class="panel" aria-labelledby="referrer-days-title">
            <h2 class="panel-title" id="referrer-days-title">"Referrers named afterwards"</h2>
            <form class="sale" method="post" action=SaveReferrerDays::PATH novalidate>
                {notice}
                <div class="field">
                    <label for="referrer-days">"Days in which members can name their referrer"</label>
                    <input
                        id="referrer-days"
                        name="days"
                        inputmode="numeric"
                        autocomplete="off"
                        value=typed
                        autofocus=invalid
                        aria-invalid=invalid.then_some("true")
                        aria-describedby="referrer-days-hint referrer-days-error"
                    />
                    <p class="field-hint" id="referrer-days-hint">
                        "A member who registered without a link can enter a friend\u{2019}s code for this many days, from \
                         1 to 90, until their first purchase. Empty: only your staff can say who referred them."
                    </p>
                    <p class="field-error" id="referrer-days-error" role=invalid.then_some("alert")>{error}</p>
                </div>
                <button type="submit" class="button">"Save"</button>
            </form>
        </section>
    }
}
