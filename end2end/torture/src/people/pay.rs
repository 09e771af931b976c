//! On Stripe's page: most pay, some slowly, and some not at all.

use std::time::Duration;

use anyhow::Context;
use rand::{Rng, rngs::StdRng};
use stripe_stand_in::{How, Settlement};

use super::World;

/// What became of a Checkout session, and its id.
pub struct Ended {
    pub session: String,
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
        0..80 => stripe.complete(session, How::Paid, email).ok(),
        80..94 => {
            let begun = stripe.complete(session, How::Unpaid, email).is_ok();
            tokio::time::sleep(Duration::from_millis(chance.random_range(0..1_500))).await;
            match begun {
                true => stripe.settle(session, Settlement::Succeeded).ok(),
                false => None,
            }
        }
        94..97 => {
            if stripe.complete(session, How::Unpaid, email).is_ok() {
                stripe.settle(session, Settlement::Failed).ok();
            }
            None
        }
        97..99 => {
            stripe.expire(session).ok();
            None
        }
        _ => None,
    };
    let total = ended.and_then(|session| session["amount_total"].as_i64());
    Ok(Ended {
        session: session.to_owned(),
        paid: total.is_some_and(|cents| cents > 0),
    })
}
