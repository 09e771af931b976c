//! The panel of a member's memberships: how each stands, and the button that leads to Stripe's billing
//! portal. The forms are plain.

use domain::forms::Refusal;
use leptos::{prelude::*, server_fn::ServerFn};

use crate::{components::refusal_notice, server_fns::ManageMembership, types::Membership};

/// The panel; nothing for who has no membership. `page` is where it is shown.
pub fn panel(
    memberships: Vec<Membership>,
    page: &str,
    refusal: &Refusal,
) -> Option<impl IntoView + use<>> {
    if memberships.is_empty() {
        return None;
    }
    let cancel = memberships.iter().any(|one| one.goes_on).then(|| {
        view! {
            <p>
                "Cancel whenever you like, or change your card: \u{201c}Manage membership\u{201d} \
                 opens a secure page (Stripe) for it. A canceled membership stays active until the \
                 end of the time you paid for."
            </p>
        }
    });
    let lines = memberships
        .into_iter()
        .map(|membership| line(membership, page.to_owned()))
        .collect_view();
    Some(view! {
        <section class="panel" id="memberships" aria-labelledby="memberships-title">
            <h2 class="panel-title" id="memberships-title">"Memberships"</h2>
            {refusal_notice(refusal)}
            <ul class="memberships">{lines}</ul>
            {cancel}
        </section>
    })
}

fn line(membership: Membership, page: String) -> impl IntoView {
    let badge = membership.label.map(|label| {
        view! { <span class=format!("badge badge-{}", membership.badge)>{label}</span> }
    });
    let name = membership.name.clone();
    let manage = membership.goes_on.then(|| {
        view! {
            <form method="post" action=ManageMembership::PATH>
                <input type="hidden" name="purchase_id" value=membership.purchase_id.to_string() />
                <input type="hidden" name="page" value=page />
                <button type="submit" class="button">
                    "Manage membership"<span class="visually-hidden">": " {name}</span>
                </button>
            </form>
        }
    });
    let words = (!membership.words.is_empty())
        .then(|| view! { <span class="membership-words">{membership.words}</span> });
    view! {
        <li class="membership">
            <a class="purchase-name" href=format!("/purchases/{}", membership.purchase_id) dir="auto">
                {membership.name}
            </a>
            {badge}
            {words}
            {manage}
        </li>
    }
}
