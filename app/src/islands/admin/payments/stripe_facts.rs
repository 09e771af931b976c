//! The facts about a connected Stripe account, without its secrets.

use domain::credit::Program;
use leptos::prelude::*;

use crate::{
    islands::{any_view::IntoAnyView, copy_field::CopyField, live_text::LiveText},
    types::admin::StripeConnection,
};

/// The account, or the consequences of having none.
pub fn stripe_facts(
    program: Program,
    ids: &'static str,
    stripe: Option<&StripeConnection>,
) -> AnyView {
    let Some(stripe) = stripe else {
        return view! {
            <p class="stripe-status"><span class="badge">"Not connected"</span></p>
            <p class="stripe-words">{not_connected(program)}</p>
        }
        .into_any_view();
    };
    let mode = match stripe.live {
        true => view! { <span class="badge badge-paid">"Live"</span> },
        false => view! { <span class="badge badge-pending">"Test"</span> },
    };
    let badge = match stripe.wrong {
        None => "badge badge-paid",
        Some(_) => "badge badge-failed",
    };
    let wrong = stripe.wrong.clone();
    let wrong = wrong.map(|wrong| view! { <p class="stripe-words">{LiveText(wrong)}</p> });
    let facts = stripe.facts.iter().cloned();
    let facts = facts.map(|fact| view! { <li>{LiveText(fact)}</li> });
    view! {
        <p class="stripe-status">
            <span class=badge>{LiveText(stripe.badge.clone())}</span>
            {mode}
            <span>{LiveText(format!("Secret key ending in {}", stripe.last4))}</span>
        </p>
        {wrong}
        <ul class="stripe-facts">{facts.collect_view()}</ul>
        <CopyField
            id=format!("{ids}webhook")
            label="Webhook address"
            value=stripe.webhook_url.clone()
        />
    }
    .into_any_view()
}

fn not_connected(program: Program) -> &'static str {
    match program {
        Program::Tenant => {
            "Nothing can be bought here yet. Referrals are recorded, but credits fail until Stripe \
             is connected."
        }
        Program::Platform => "No plan can be bought yet. Credits fail until Stripe is connected.",
    }
}
