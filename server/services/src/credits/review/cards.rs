//! The cards that paid. Stripe is asked once for each purchase.

use domain::credit::StripeError;
use store::paid::{self, PaidRow};
use stripe_gateway::PaidBy;
use time::Duration;

use crate::{
    Engine,
    refunds::{connection_for, learn},
    stripe_customers::StepError,
};

/// The most payments of others of which Stripe is asked at one decision.
const ASKED_AT_ONCE: usize = 10;
/// How long a decision waits for Stripe to say which card paid. Then a person decides without it.
const PATIENCE: Duration = Duration::DAY;

/// With what a purchase was paid.
pub struct Card {
    /// Stripe's fingerprint; `None` if no card paid.
    pub card: Option<String>,
    /// Stripe did not say it.
    pub is_unknown: bool,
}

/// A fingerprint if a card paid, or why Stripe did not say it.
type Said = Result<Option<String>, String>;

/// The card that paid for what is decided.
///
/// # Errors
/// If the database fails, or Stripe does not answer now.
pub async fn of_buyer(engine: &Engine, row: &PaidRow) -> anyhow::Result<Card> {
    let why = match of(engine, row).await? {
        Ok(card) => {
            let is_unknown = false;
            return Ok(Card { card, is_unknown });
        }
        Err(why) => why,
    };
    let paid_at = row.paid_at().unwrap_or_else(|| engine.now());
    anyhow::ensure!(
        engine.now() - paid_at >= PATIENCE,
        "Stripe did not say which card paid: {why}"
    );
    tracing::warn!(
        purchase = row.paid().number(),
        why,
        "it is not known which card paid"
    );
    Ok(Card {
        card: None,
        is_unknown: true,
    })
}

/// The cards that paid for `others`, the last first, in the mode of `row`. Of those at the same account that
/// are not known Stripe is asked, of a few at a time; of which it says nothing is left out.
///
/// # Errors
/// If the database fails.
pub async fn of_others(
    engine: &Engine,
    row: &PaidRow,
    others: &[PaidRow],
) -> anyhow::Result<Vec<String>> {
    let mut cards = Vec::new();
    let mut left = ASKED_AT_ONCE;
    for other in others.iter().filter(|other| other.mode() == row.mode()) {
        if other.card_is_known() {
            cards.extend(other.card().map(str::to_owned));
        } else if left > 0 && other.account() == row.account() {
            left -= 1;
            match of(engine, other).await? {
                Ok(card) => cards.extend(card),
                Err(why) => tracing::info!(
                    purchase = other.paid().number(),
                    why,
                    "it is not known which card paid for an earlier purchase"
                ),
            }
        }
    }
    Ok(cards)
}

/// Without an account, or with one that is not connected any more, nobody can be asked, and no card is known.
async fn of(engine: &Engine, row: &PaidRow) -> anyhow::Result<Said> {
    if row.card_is_known() || row.account().is_none() {
        return Ok(Ok(row.card().map(str::to_owned)));
    }
    let card = match ask(engine, row).await {
        Ok(Some(card)) => card,
        Ok(None) => return Ok(Err("the payment has no name yet".to_owned())),
        Err(StepError::Stripe(StripeError::NotConnected)) => return Ok(Ok(None)),
        Err(StepError::Stripe(error)) => return Ok(Err(format!("{error:?}"))),
        Err(StepError::Database(error)) => return Err(error.into()),
    };
    paid::set_card(engine.db.writer(), row.paid(), card.as_deref()).await?;
    Ok(Ok(card))
}

/// What Stripe says; `None` if it does not name the payment yet.
async fn ask(engine: &Engine, row: &PaidRow) -> Result<Option<Option<String>>, StepError> {
    let connection = connection_for(engine, row).await?;
    match learn(engine, &connection, row).await? {
        PaidBy::PaymentIntent(payment) => Ok(Some(connection.gateway.card_of(&payment).await?)),
        PaidBy::NoPayment => Ok(Some(None)),
        PaidBy::Unknown => Ok(None),
    }
}
