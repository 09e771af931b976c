//! The page between a plan and Stripe's page.

use domain::purchase::Plan;
use leptos::prelude::*;
use leptos_meta::Meta;

use super::{pricing::price, query};
use crate::{
    components::PageTitle,
    islands::CheckoutForm,
    ports::{Ports, Viewer},
};

/// The plan of the address, and the button that creates a Checkout session. Rendering the page
/// creates none, so that crawlers and link previews do not.
#[component]
pub fn CheckoutPage() -> impl IntoView {
    match query("plan").as_deref().and_then(Plan::parse) {
        Some(plan) => page(plan).into_any(),
        None => {
            Ports::current()
                .response
                .redirect("/pricing?unknown_plan=1");
            ().into_any()
        }
    }
}

fn page(plan: Plan) -> impl IntoView {
    let code = plan.code();
    let name = format!("{} {}", Viewer::current().site.name, plan.label());
    view! {
        <PageTitle title="Checkout" />
        <Meta name="robots" content="noindex" />
        <div class="page page-form">
            <h1 class="page-title">{name}</h1>
            <div class="plan">
                {price(plan)} <CheckoutForm action=format!("/pricing/checkout?plan={code}") />
                <p class="plan-words">
                    "You pay on a secure payment page (Stripe), in US dollars. The plan renews \
                     until you cancel it."
                </p>
                <a href=format!("/pricing?plan={code}")>"Back to pricing"</a>
            </div>
        </div>
    }
}
