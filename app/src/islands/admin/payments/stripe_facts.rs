//! The facts about a connected Stripe account, without its secrets.

use domain::credit::Program;
use leptos::prelude::*;

use crate::{
    islands::{any_view::IntoAnyView, copy_field::CopyField, live_text::LiveText},
    types::admin::StripeConnection,
};

/// The badges beside the title: whether it works, and whether money is real.
pub fn stripe_badges(stripe: Option<&StripeConnection>) -> AnyView {
    let Some(stripe) = stripe else {
        return view! { <span class="badge">"Not connected"</span> }.into_any_view();
    };
    let (mode, class) = match stripe.live {
        true => ("Live", "badge badge-paid"),
        false => ("Test", "badge badge-pending"),
    };
    let works = match stripe.wrong {
        None => "badge badge-paid",
        Some(_) => "badge badge-failed",
    };
    view! {
        <span class=works>{stripe.badge.clone()}</span>
        <span class=class>{mode}</span>
    }
    .into_any_view()
}

/// The account, or the consequences of having none.
pub fn stripe_facts(
    program: Program,
    ids: &'static str,
    stripe: Option<&StripeConnection>,
) -> AnyView {
    let Some(stripe) = stripe else {
        return view! { <p class="stripe-words">{not_connected(program)}</p> }.into_any_view();
    };
    let wrong = stripe.wrong.clone();
    let wrong = wrong.map(|wrong| view! { <p class="stripe-words">{LiveText(wrong)}</p> });
    let mode = match stripe.live {
        true => "Live: cards are charged.",
        false => "Test: no card is charged.",
    };
    let key = [
        (
            "Secret key".to_owned(),
            format!("Ending in {}", stripe.last4),
        ),
        ("Mode".to_owned(), mode.to_owned()),
    ];
    let facts = key.into_iter().chain(stripe.facts.iter().cloned());
    let facts = facts.map(
        |(name, fact)| view! { <div><dt>{LiveText(name)}</dt><dd>{LiveText(fact)}</dd></div> },
    );
    view! {
        {wrong}
        <dl class="stripe-facts">{facts.collect_view()}</dl>
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
