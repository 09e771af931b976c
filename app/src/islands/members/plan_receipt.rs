//! A subscriber's receipt: what was bought in a Checkout session, and whether it is paid. It polls
//! the server as a member's receipt does.

use domain::purchase::PurchaseState;
use leptos::{prelude::*, task::spawn_local};

use super::watch::watch;
use crate::{
    islands::{call::ask, live_text::LiveText},
    server_fns::GetSubscription,
    types::PlatformReceipt,
};

/// The receipt of a subscription.
#[island]
pub fn PlanReceipt(
    /// The brand's name.
    brand: String,
    /// `cs_…`.
    session_id: String,
    /// The address of the page.
    here: String,
    /// The receipt when the page was rendered.
    receipt: PlatformReceipt,
) -> impl IntoView {
    let receipt = RwSignal::new(receipt);
    let site = brand.clone();
    watch(
        move || receipt.with_untracked(|known| known.state.is_waiting()),
        move || {
            let (id, site) = (session_id.clone(), site.clone());
            spawn_local(async move {
                if let Ok(Some(fresh)) = ask::<GetSubscription>(&[("session_id", &id)]).await
                    && receipt.with_untracked(|shown| *shown != fresh)
                {
                    // As `PageTitle` has it.
                    document().set_title(&format!("{} · {site}", fresh.title()));
                    receipt.set(fresh);
                }
            });
        },
    );
    view! {
        <div class="receipt">
            <div role="status">
                {move || receipt.with(|known| head(&brand, known.state))}
            </div>
            {move || facts(receipt.get())}
            <div class="receipt-actions">
                {move || receipt.with(|known| actions(&here, known.state))}
            </div>
        </div>
    }
}

fn head(brand: &str, state: PurchaseState) -> impl IntoView + use<> {
    let (title, words) = words(brand, state);
    view! {
        <span class=format!("badge badge-{}", state.code())>{LiveText(state.label().to_owned())}</span>
        <h1 class="page-title">{LiveText(title)}</h1>
        <p class="page-lede">{LiveText(words.to_owned())}</p>
    }
}

fn facts(receipt: PlatformReceipt) -> impl IntoView {
    let paid = receipt.paid.map(|paid| {
        view! { <div><dt>"Paid"</dt><dd class="money">{LiveText(paid)}</dd></div> }
    });
    view! {
        <dl class="facts">
            <div><dt>"Plan"</dt><dd>{receipt.plan}</dd></div>
            {paid}
        </dl>
    }
}

fn actions(here: &str, state: PurchaseState) -> AnyView {
    match state {
        PurchaseState::Open | PurchaseState::Processing => view! {
            <a class="button" href=here.to_owned()>"Check again"</a>
            <a class="button button-quiet" href="/pricing">"Back to pricing"</a>
        }
        .into_any(),
        PurchaseState::Paid => {
            view! { <a class="button" href="/">"Go to the home page"</a> }.into_any()
        }
        PurchaseState::Failed | PurchaseState::Expired | PurchaseState::Undone => {
            view! { <a class="button button-primary" href="/pricing">"Try again"</a> }.into_any()
        }
    }
}

fn words(brand: &str, state: PurchaseState) -> (String, &'static str) {
    match state {
        PurchaseState::Open => (
            "Not paid yet".to_owned(),
            "We have not received your payment yet. If you just paid, check again in a moment.",
        ),
        PurchaseState::Processing => (
            "Your payment is being processed".to_owned(),
            "This can take a few days with your payment method.",
        ),
        PurchaseState::Paid => (
            format!("Thank you. Your {brand} subscription is active."),
            "Your payment went through. Stripe emails you the receipt.",
        ),
        PurchaseState::Failed => (
            "The payment failed".to_owned(),
            "The payment could not be completed, so you have no subscription. You can try again.",
        ),
        PurchaseState::Expired | PurchaseState::Undone => (
            "This checkout has expired".to_owned(),
            "It was not paid in time. Nothing was charged. You can start again.",
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
}
