//! *Why did they get nothing?* about the platform program: platform referrers, their codes, and the subscriptions.

use leptos::prelude::*;

use super::{referral::step, why_remedies::remedies};
use crate::types::admin::{
    WhyPlatform, WhyReferrer, WhyReferrerCode, WhySubscription, WhySubscriptions, why_referrer_path,
};

/// What was found.
pub fn of_platform(found: WhyPlatform) -> impl IntoView {
    let more = found.more;
    let several = found.several;
    let several = (!several.is_empty()).then(|| whom(several, more));
    let came = found
        .came
        .map(|came| subscriptions(came, "Subscriptions with this code"));
    let bought = found
        .bought
        .map(|bought| subscriptions(bought, "Subscriptions of customers who match"));
    view! {
        {found.code.map(code_panel)}
        {several}
        {came}
        {bought}
    }
}

fn whom(several: Vec<WhyReferrer>, more: bool) -> impl IntoView {
    let rows = several.into_iter().map(|referrer| {
        view! {
            <li class="member">
                <span class="member-name">
                    <a href=why_referrer_path(referrer.id) dir="auto">{referrer.name}</a>
                </span>
                <span class="member-email">{referrer.email}</span>
                {referrer.disabled_on.map(disabled)}
            </li>
        }
    });
    let more = more.then(|| {
        view! {
            <p>"More platform referrers match. Type more of the name or the email address."</p>
        }
    });
    view! {
        <p>"Several platform referrers match. Whom do you mean?"</p>
        <ul class="members" aria-label="Platform referrers">{rows.collect_view()}</ul>
        {more}
    }
}

/// A code: whose it is, and whether it counts.
fn code_panel(code: WhyReferrerCode) -> impl IntoView {
    let owner = code.owner.map(|owner| {
        view! { <div><dt>"Platform referrer"</dt><dd>{person(owner)}</dd></div> }
    });
    let near = (!code.near.is_empty()).then(|| {
        let lines = code.near.into_iter().map(|(code, owner)| {
            view! { <li><code translate="no">{code}</code>" "{person(owner)}</li> }
        });
        view! {
            <div>
                <dt>"Nearly the same"</dt>
                <dd><ul>{lines.collect_view()}</ul></dd>
            </div>
        }
    });
    view! {
        <section class="panel" aria-labelledby="code-title">
            <h2 class="panel-title" id="code-title">"Referral code"</h2>
            <dl class="facts facts-wide">
                <div><dt>"Code"</dt><dd><code translate="no">{code.code}</code></dd></div>
                <div><dt>"Standing"</dt><dd>{code.standing}</dd></div>
                {owner}
                {near}
            </dl>
            {remedies(code.remedies)}
            <p class="field-hint">
                "Clicks on the links of platform referrers are not counted. A subscription that came through one \
                 keeps when it was clicked."
            </p>
        </section>
    }
}

fn person(referrer: WhyReferrer) -> impl IntoView {
    view! {
        <a href=why_referrer_path(referrer.id) dir="auto">{referrer.name}</a>
        " "
        {referrer.email}
        " "
        {referrer.disabled_on.map(disabled)}
    }
}

fn disabled(day: String) -> impl IntoView {
    view! { <span class="badge">{format!("Disabled since {day}")}</span> }
}

fn subscriptions(found: WhySubscriptions, title: &'static str) -> impl IntoView {
    let none = found
        .newest
        .is_empty()
        .then(|| view! { <p>"None yet."</p> });
    let older = found.older.map(|path| {
        view! { <p><a class="button" href=path>"Older ones, in Orders"</a></p> }
    });
    let newest = found.newest.into_iter().map(subscription).collect_view();
    view! {
        <h2>{title}</h2>
        {none}
        {newest}
        {older}
    }
}

fn subscription(one: WhySubscription) -> impl IntoView {
    let title = format!("subscription-{}", one.number);
    let labelled_by = title.clone();
    let customer = one.customer;
    let customer = customer.unwrap_or_else(|| "Customer not known yet".to_owned());
    let referrer = one.referrer.map(|(name, id)| {
        let path = why_referrer_path(id);
        view! { <p class="story-reason">"With the code of "<a href=path dir="auto">{name}</a></p> }
    });
    let whole = one.referral_path.map(|path| {
        view! { <p class="story-reason"><a href=path>"Everything about this referral"</a></p> }
    });
    let order = format!("Order #{}", one.number);
    let steps = one.steps.iter().map(step).collect_view();
    view! {
        <section class="panel" aria-labelledby=labelled_by>
            <h3 class="panel-title" id=title>{customer}</h3>
            <p><strong>{one.verdict}</strong></p>
            {referrer}
            {remedies(one.remedies)}
            {whole}
            <p class="story-reason"><a href=one.order_path>{order}</a></p>
            <ol class="story">{steps}</ol>
        </section>
    }
}
