//! What buyers do with a Checkout session: most pay, some with a delayed method, and some not at
//! all.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use rand::{Rng, rngs::StdRng};
use stripe_stand_in::{AsyncPaymentResult, PaymentStatus};

use super::TestContext;
use crate::simulated_user::SimulatedUser;

/// The outcome of a Checkout session.
pub struct CheckoutOutcome {
    pub session: String,
    /// The URL to which Stripe redirects; `None` if the session was not completed.
    return_url: Option<String>,
    /// The payment (`pi_…`); `None` of a subscription, whose invoice it pays.
    pub payment: Option<String>,
    /// The membership or the plan (`sub_…`), if it is one.
    pub subscription: Option<String>,
    /// When it ended.
    pub at: Instant,
    /// Whether money was paid; a free purchase earns nothing.
    pub paid: bool,
}

/// Ends the Checkout session whose page is at `url`.
pub async fn finish_checkout(
    context: &TestContext,
    url: &str,
    email: Option<&str>,
    rng: &mut StdRng,
) -> anyhow::Result<CheckoutOutcome> {
    let (_, session) = url.rsplit_once('/').context("Stripe's page")?;
    let stripe = &context.stripe;
    // A session that cannot be completed here has expired and will not be paid.
    let completed = match rng.random_range(0..100) {
        0..80 => stripe.complete(session, PaymentStatus::Paid, email).ok(),
        80..94 => {
            let started = stripe
                .complete(session, PaymentStatus::Unpaid, email)
                .is_ok();
            tokio::time::sleep(Duration::from_millis(rng.random_range(0..1_500))).await;
            match started {
                true => stripe
                    .finish_async_payment(session, AsyncPaymentResult::Succeeded)
                    .ok(),
                false => None,
            }
        }
        94..97 => {
            if stripe
                .complete(session, PaymentStatus::Unpaid, email)
                .is_ok()
            {
                stripe
                    .finish_async_payment(session, AsyncPaymentResult::Failed)
                    .ok();
            }
            None
        }
        97..99 => {
            stripe.expire(session).ok();
            None
        }
        _ => None,
    };
    let success = completed
        .as_ref()
        .and_then(|session| session["success_url"].as_str());
    let return_url = success.map(|url| url.replace("{CHECKOUT_SESSION_ID}", session));
    let total = completed
        .as_ref()
        .and_then(|session| session["amount_total"].as_i64());
    let id_of = |what: &str| {
        let id = completed
            .as_ref()
            .and_then(|session| session[what].as_str());
        id.map(str::to_owned)
    };
    Ok(CheckoutOutcome {
        session: session.to_owned(),
        return_url,
        payment: id_of("payment_intent"),
        subscription: id_of("subscription"),
        at: Instant::now(),
        paid: total.is_some_and(|cents| cents > 0),
    })
}

/// Half of those who paid open the page to which Stripe redirects.
pub async fn open_return_page(
    user: &SimulatedUser,
    outcome: &CheckoutOutcome,
    rng: &mut StdRng,
) -> anyhow::Result<()> {
    let Some(url) = outcome.return_url.as_deref().filter(|_| rng.random()) else {
        return Ok(());
    };
    let path = url.strip_prefix(user.origin.as_str()).unwrap_or(url);
    ensure!(path.starts_with('/'), "Stripe leads to {url}");
    let page = user.open_page(path, rng).await?;
    // After a clock jump the user is signed out and redirected.
    let reached = page.status == 200 || page.status.is_redirection();
    ensure!(reached, "the return page: {page:?}");
    Ok(())
}
