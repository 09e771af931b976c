//! The form that says who referred a member, afterwards. It is plain: its page reloads and says what was done.

use domain::forms::Refusal;
use leptos::{prelude::*, server_fn::ServerFn};

use super::amount_field::reason_field;
use crate::{
    components::refusal_notice, server_fns::admin::AttachReferrer, types::admin::MemberPage,
};

/// The panel with the form.
pub fn attach(page: &MemberPage, refusal: &Refusal) -> impl IntoView + use<> {
    let error = refusal.about("referrer").map(str::to_owned);
    let invalid = error.is_some();
    let notice = refusal.fields.is_empty().then(|| refusal_notice(refusal));
    let said = page.referred_by_words.clone().map(|words| {
        view! { " They said when they registered: " <bdi>{words}</bdi> }
    });
    view! {
        <section class="panel" aria-labelledby="attach-title">
            <h2 class="panel-title" id="attach-title">"Who referred them"</h2>
            <form class="sale" method="post" action=AttachReferrer::PATH novalidate>
                {notice}
                <p class="sale-words">
                    "A friend sent them? Their first purchase then earns that friend a credit. This cannot be changed \
                     afterwards."
                </p>
                <input type="hidden" name="member_id" value=page.member.id.to_string() />
                <div class="field">
                    <label for="referrer">"Referred by"</label>
                    <input
                        id="referrer"
                        name="referrer"
                        autocomplete="off"
                        autocapitalize="none"
                        spellcheck="false"
                        value=refusal.typed("referrer").to_owned()
                        autofocus=invalid
                        aria-required="true"
                        aria-invalid=invalid.then_some("true")
                        aria-describedby="referrer-hint referrer-error"
                    />
                    <p class="field-hint" id="referrer-hint">
                        "The code, the link or the email address of a member here."{said}
                    </p>
                    <p class="field-error" id="referrer-error" role=invalid.then_some("alert")>{error}</p>
                </div>
                {reason_field("attach", "For the audit log. Members do not see it.", refusal)}
                <button type="submit" class="button">"Save who referred them"</button>
            </form>
        </section>
    }
}
