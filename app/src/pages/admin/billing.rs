//! The form that sets where Stripe reaches a member. It is plain: its page reloads and says what was
//! done.

use domain::forms::Refusal;
use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    components::refusal_notice, server_fns::admin::SetBillingEmail, types::admin::MemberPage,
};

/// The panel with the form.
pub fn billing(page: &MemberPage, refusal: &Refusal) -> impl IntoView + use<> {
    let typed = refusal.typed("billing_email");
    let error = refusal.about("billing_email").map(str::to_owned);
    let value = match (typed, &page.billing_email) {
        ("", Some(address)) => address.clone(),
        (typed, _) => typed.to_owned(),
    };
    let hint = format!("Empty: {}, with which they sign in.", page.member.email);
    let notice = error.is_none().then(|| refusal_notice(refusal));
    view! {
        <section class="panel" aria-labelledby="billing-title">
            <h2 class="panel-title" id="billing-title">"Billing address for Stripe"</h2>
            <form class="sale" method="post" action=SetBillingEmail::PATH>
                {notice}
                <p class="sale-words">
                    "Stripe sends receipts here. Use it if Stripe refuses the member's address. Nobody can \
                     sign in with it."
                </p>
                <input type="hidden" name="member_id" value=page.member.id.to_string() />
                <div class="field">
                    <label for="billing_email">"Email address for Stripe"</label>
                    <input
                        id="billing_email"
                        name="billing_email"
                        type="email"
                        autocomplete="off"
                        value=value
                        aria-invalid=error.is_some().then_some("true")
                        aria-describedby="billing_email-hint billing_email-error"
                    />
                    <p class="field-hint" id="billing_email-hint">{hint}</p>
                    <p class="field-error" id="billing_email-error">{error}</p>
                </div>
                <button type="submit" class="button">"Save"</button>
            </form>
        </section>
    }
}
