//! Credit that an earlier Stripe customer still has, with a button to move it. It is plain: its page
//! reloads and says what was done.

use domain::forms::Refusal;
use leptos::prelude::*;

use crate::{
    components::{refusal_notice, stripe_id},
    types::admin::ElsewhereLine,
};

/// The panel; nothing if there is no such credit and nothing was refused. `action` is the path of the
/// form, and `whose` its field with the holder's id.
pub fn elsewhere(
    lines: &[ElsewhereLine],
    action: &'static str,
    whose: (&'static str, i64),
    refusal: &Refusal,
) -> impl IntoView + use<> {
    let is_refused = *refusal != Refusal::default();
    if lines.is_empty() && !is_refused {
        return ().into_any();
    }
    let lines: Vec<_> = lines.iter().map(|line| form(line, action, whose)).collect();
    view! {
        <section class="panel" aria-labelledby="elsewhere-title">
            <h2 class="panel-title" id="elsewhere-title">"Credit on an earlier customer"</h2>
            {refusal_notice(refusal)}
            <p class="customer-words">
                "This credit was earned before the present customer was in use, and is not spent by it. \
                 Moving takes it from the earlier customer and gives it to the present one."
            </p>
            <ul class="customer-list">{lines}</ul>
        </section>
    }
    .into_any()
}

fn form(
    line: &ElsewhereLine,
    action: &'static str,
    (name, id): (&'static str, i64),
) -> impl IntoView + use<> {
    let (amount, customer) = (line.amount.to_string(), &line.customer);
    view! {
        <li class="customer-credit">
            <span>
                <strong class="money">{amount.clone()}</strong>
                " on "
                {stripe_id("Stripe customer", &customer.id, customer.dashboard.as_deref())}
            </span>
            <form method="post" action=action>
                <input type="hidden" name=name value=id.to_string() />
                <input type="hidden" name="from" value=customer.id.clone() />
                <button type="submit" class="button button-small">{format!("Move {amount}")}</button>
            </form>
        </li>
    }
}
