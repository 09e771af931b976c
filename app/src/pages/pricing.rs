//! The plans of a platform brand.

use domain::purchase::Plan;
use leptos::prelude::*;

use super::{brand_copy::BrandCopy, brand_questions::brand_questions, query};
use crate::{
    components::LinkPreview,
    ports::{Ports, Viewer},
};

/// Both plans and what they include.
#[component]
pub fn PricingPage() -> impl IntoView {
    let viewer = Viewer::current();
    let copy = BrandCopy::of(&viewer.site.theme);
    let asked = query("plan");
    let unknown = query("unknown_plan").is_some_and(|one| one == "1");
    let chosen = asked.as_deref().and_then(Plan::parse);
    // Stripe returns here with this spelling; open Checkout sessions have it in their cancel address.
    let canceled = query("cancelled").is_some_and(|one| one == "1");
    let ports = Ports::current();
    let about_form = viewer
        .refusal("checkout")
        .message
        .or_else(|| unknown.then(|| "There is no such plan. Choose one of these.".to_owned()))
        .map(notice);
    let open = Suspend::new(async move {
        let open = ports.subscriptions.open_plan().await.ok().flatten();
        let plans = Plan::ALL
            .map(|plan| view! { <li>{card(plan, chosen, open.is_none())}</li> })
            .collect_view();
        let note = match open {
            Some(plan) => Some(open_page(plan).into_any()),
            None => {
                let sentence = "Nothing was charged. You can still subscribe.";
                canceled.then(|| notice(sentence.to_owned()).into_any())
            }
        };
        view! {
            {note}
            <ul class="plans">{plans}</ul>
        }
    });
    let ports = Ports::current();
    let manage = Suspend::new(async move { manage(ports.memberships.login_url().await.ok()?) });
    let included = copy
        .included
        .map(|line| view! { <li>{line}</li> })
        .collect_view();
    let questions = brand_questions(&viewer.site);
    let prices = Plan::ALL.map(|plan| format!("{} {}", plan.label(), plan.price_line()));
    let description = format!("{}: {}", viewer.site.name, prices.join(" or "));
    view! {
        <LinkPreview title="Pricing" description=description path="/pricing" />
        <div class="page pricing">
            <h1 class="page-title">"Pricing"</h1>
            <p class="page-lede">{copy.pricing_lede}</p>
            {about_form}
            <Suspense>{open}</Suspense>
            <section class="included" aria-labelledby="included-title">
                <h2 class="group-title" id="included-title">"In both plans"</h2>
                <ul class="ticks">{included}</ul>
            </section>
            <p class="pricing-terms">
                "You pay on a secure payment page (Stripe), in US dollars. A plan renews until you \
                 cancel it."
            </p>
            <Suspense>{manage}</Suspense>
            {questions}
        </div>
    }
}

/// Where a subscriber manages the plan.
pub(super) fn manage(url: Option<String>) -> Option<impl IntoView> {
    url.map(|url| {
        view! {
            <p class="pricing-terms">
                "Cancel whenever you like, or change your card: "
                <a href=url rel="nofollow">"manage your plan at Stripe"</a>
                ". Stripe asks for your email address and emails you a link."
            </p>
        }
    })
}

fn notice(sentence: String) -> impl IntoView {
    view! { <p class="notice" role="status">{sentence}</p> }
}

/// The visitor left Stripe's page: they can continue there or cancel.
fn open_page(plan: Plan) -> impl IntoView {
    let words = format!(
        "The payment page for the {} plan is still open. Nothing was charged.",
        plan.label()
    );
    view! {
        <section class="notice notice-action" aria-labelledby="open-page">
            <div>
                <h2 id="open-page">"You have not paid yet"</h2>
                <p>{words}</p>
            </div>
            <div class="notice-buttons">
                <form method="post" action=format!("/pricing/checkout?plan={}", plan.code())>
                    <button type="submit" class="button button-primary">"Continue to payment"</button>
                </form>
                <form method="post" action="/pricing/release">
                    <button type="submit" class="button">"Cancel this purchase"</button>
                </form>
            </div>
        </section>
    }
}

/// A plan. With `may_stand_out` one button of both does: that of the chosen plan, or else of the annual one.
fn card(plan: Plan, choice: Option<Plan>, may_stand_out: bool) -> impl IntoView {
    let code = plan.code();
    let chosen = choice == Some(plan);
    let badge = chosen.then(|| view! { <span class="badge badge-credited">"Selected"</span> });
    let free = plan
        .free_months()
        .map(|months| view! { <span class="plan-free">{format!("{months} months free")}</span> });
    let button = if may_stand_out && plan == choice.unwrap_or(Plan::Annual) {
        "button button-primary button-wide"
    } else {
        "button button-wide"
    };
    view! {
        <section class="plan" class:is-chosen=chosen aria-labelledby=format!("plan-{code}")>
            <div class="plan-head">
                <h2 class="plan-name" id=format!("plan-{code}")>{plan.label()}</h2>
                {badge}
                {free}
            </div>
            {price(plan)}
            <p class="plan-words">{words(plan)}</p>
            <a class=button rel="nofollow" href=format!("/pricing/checkout?plan={code}")>
                "Get Started"<span class="visually-hidden">{format!(" with {}", plan.label())}</span>
            </a>
        </section>
    }
}

/// The price of a plan per period.
pub(super) fn price(plan: Plan) -> impl IntoView {
    let price = plan.price_line();
    let (amount, period) = price.split_once('/').unwrap_or((&price, ""));
    view! {
        <p class="plan-price money">
            {amount.to_owned()}<span class="plan-period">{format!("/{period}")}</span>
        </p>
    }
}

fn words(plan: Plan) -> String {
    match plan.saved_in_a_year() {
        Some(saved) => format!("Paid once a year: {saved} less than twelve monthly payments."),
        None => "Paid every month. Cancel anytime.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_annual_plan_says_what_it_saves() {
        assert_eq!(
            words(Plan::Annual),
            "Paid once a year: $250.00 less than twelve monthly payments."
        );
        assert!(words(Plan::Monthly).starts_with("Paid every month."));
    }
}
