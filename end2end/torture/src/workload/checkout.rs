//! On Stripe's page: most pay, some slowly, and some not at all.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use rand::{Rng, rngs::StdRng};
use stripe_stand_in::{AsyncPaymentResult, PaymentStatus};

use super::World;
use crate::simulated_user::Person;

/// What became of a Checkout session, and its id.
pub struct Ended {
    pub session: String,
    /// Where Stripe leads afterwards; `None` where it is not completed.
    return_to: Option<String>,
    /// When it was ended.
    pub at: Instant,
    /// With money: what is free is no purchase that earns anything.
    pub paid: bool,
}

/// Ends the Checkout session whose page is at `url`.
pub async fn pay(
    world: &World,
    url: &str,
    email: Option<&str>,
    chance: &mut StdRng,
) -> anyhow::Result<Ended> {
    let (_, session) = url.rsplit_once('/').context("Stripe's page")?;
    let stripe = &world.stripe;
    // What is not taken here expired meanwhile: nobody pays it any more.
    let ended = match chance.random_range(0..100) {
        0..80 => stripe.complete(session, PaymentStatus::Paid, email).ok(),
        80..94 => {
            let begun = stripe
                .complete(session, PaymentStatus::Unpaid, email)
                .is_ok();
            tokio::time::sleep(Duration::from_millis(chance.random_range(0..1_500))).await;
            match begun {
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
    let success = ended
        .as_ref()
        .and_then(|session| session["success_url"].as_str());
    let return_to = success.map(|url| url.replace("{CHECKOUT_SESSION_ID}", session));
    let total = ended
        .as_ref()
        .and_then(|session| session["amount_total"].as_i64());
    Ok(Ended {
        session: session.to_owned(),
        return_to,
        at: Instant::now(),
        paid: total.is_some_and(|cents| cents > 0),
    })
}

/// Half of those who have paid wait for the page that Stripe leads to.
pub async fn come_back(person: &Person, ended: &Ended, chance: &mut StdRng) -> anyhow::Result<()> {
    let Some(url) = ended.return_to.as_deref().filter(|_| chance.random()) else {
        return Ok(());
    };
    let path = url.strip_prefix(person.origin.as_str()).unwrap_or(url);
    ensure!(path.starts_with('/'), "Stripe leads to {url}");
    let page = person.open(path, chance).await?;
    // Who was signed in is asked again after a day.
    let came = page.status == 200 || page.status.is_redirection();
    ensure!(came, "the return page: {page:?}");
    Ok(())
}
