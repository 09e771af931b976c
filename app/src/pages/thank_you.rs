//! The page that a subscriber comes back to from Stripe.

use domain::PurchaseState;
use leptos::prelude::*;

use super::{look_again, not_found, query};
use crate::{
    components::{PageTitle, broken},
    ports::{Ports, Viewer},
    types::PlatformReceipt,
};

const PATH: &str = "/pricing/thank-you";

/// What was bought in the Checkout session that the address names.
#[component]
pub fn ThankYouPage() -> impl IntoView {
    let ports = Ports::current();
    let brand = Viewer::current().site.name;
    let session = query("session_id").filter(|id| !id.is_empty());
    let page = Suspend::new(async move {
        let Some(session) = session else {
            return not_found(&ports);
        };
        match ports.subscriptions.receipt(&session).await {
            Ok(receipt) => page(&brand, &session, receipt),
            Err(_) => broken(&ports),
        }
    });
    view! { <Suspense>{page}</Suspense> }
}

fn page(brand: &str, session: &str, receipt: Option<PlatformReceipt>) -> AnyView {
    let state = receipt
        .as_ref()
        .map_or(PurchaseState::Open, |receipt| receipt.state);
    let here = address(session);
    let waiting = matches!(state, PurchaseState::Open | PurchaseState::Processing);
    let (refresh, looks_again) = waiting.then(|| look_again(&here)).flatten().unzip();
    let (title, words) = words(brand, state);
    let facts = receipt.map(|receipt| {
        let paid = receipt.paid.map(|paid| {
            view! { <div><dt>"Paid"</dt><dd class="money">{paid.to_string()}</dd></div> }
        });
        view! {
            <dl class="facts">
                <div><dt>"Plan"</dt><dd>{receipt.plan}</dd></div>
                {paid}
            </dl>
        }
    });
    let next = match state {
        PurchaseState::Open | PurchaseState::Processing => view! {
            <a class="button" href=here>"Look again"</a>
            <a class="button button-quiet" href="/pricing">"Back to pricing"</a>
        }
        .into_any(),
        PurchaseState::Paid => {
            view! { <a class="button" href="/">"Go to the home page"</a> }.into_any()
        }
        PurchaseState::Failed | PurchaseState::Expired => {
            view! { <a class="button button-primary" href="/pricing">"Try again"</a> }.into_any()
        }
    };
    view! {
        {refresh}
        <PageTitle title="Thank you" />
        <div class="page page-narrow">
            <div class="receipt">
                <span class=format!("badge badge-{}", state.code())>{state.label()}</span>
                <h1 class="page-title">{title}</h1>
                <p class="page-lede" role="status">{words}{looks_again}</p>
                {facts}
                <div class="receipt-actions">{next}</div>
            </div>
        </div>
    }
    .into_any()
}

/// The page's own address.
fn address(session: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    format!(
        "{PATH}?{}",
        query.append_pair("session_id", session).finish()
    )
}

fn words(brand: &str, state: PurchaseState) -> (String, &'static str) {
    match state {
        PurchaseState::Open => (
            "Waiting for Stripe to confirm your payment".to_owned(),
            "That takes a moment. If you left Stripe's page before paying, nothing was charged.",
        ),
        PurchaseState::Processing => (
            "Your payment is on its way".to_owned(),
            "Stripe is still waiting for the money, which can take a few days with this way of paying.",
        ),
        PurchaseState::Paid => (
            format!("Thank you. Your {brand} subscription is active."),
            "Stripe has confirmed your payment and sends you the receipt.",
        ),
        PurchaseState::Failed => (
            "The payment failed".to_owned(),
            "Stripe could not collect the money, so there is no subscription. You can try again.",
        ),
        PurchaseState::Expired => (
            "This checkout has expired".to_owned(),
            "It was not paid in time, and nothing was charged. You can start again.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paid_plan_is_thanked_for_in_the_brands_name() {
        assert_eq!(
            words("PewPros", PurchaseState::Paid).0,
            "Thank you. Your PewPros subscription is active."
        );
    }

    #[test]
    fn what_the_address_says_stays_one_value() {
        assert_eq!(
            address("cs_1&look=9;url=//evil"),
            "/pricing/thank-you?session_id=cs_1%26look%3D9%3Burl%3D%2F%2Fevil"
        );
    }
}
