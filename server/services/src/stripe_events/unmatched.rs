//! Events about payments of ours that are not found here, for example after a restore from a
//! backup. They are kept, and applied again at each delivery and by the sweep.

use domain::{
    foreign_amount::ForeignAmount,
    purchase::{CheckoutEvent, PurchaseState, state_after},
    stripe_keys::StripeMode,
};
use sea_orm::DatabaseTransaction;
use store::{StripeAccountId, entities::stripe_event, stripe_accounts, stripe_events};
use time::Duration;

use super::{Event, dispatch};
use crate::{
    Engine,
    purchases::{
        applied::{Applied, Source},
        checkout::PRODUCT,
    },
};

/// How long Stripe is asked to deliver such an event again. Stripe itself tries for up to three
/// days (Stripe, "Webhooks", automatic retries).
pub const WAITS_FOR: Duration = Duration::hours(72);

/// The most events that one sweep applies again.
const AT_ONCE: u64 = 100;

/// Applies again every unmatched event that was received within [`WAITS_FOR`].
///
/// # Errors
/// If the database fails. The next sweep tries again.
pub async fn apply_again(engine: &Engine) -> anyhow::Result<()> {
    let from = engine.now() - WAITS_FOR;
    for waiting in stripe_events::unmatched(engine.db.reader(), from, AT_ONCE).await? {
        let applied = one(engine, waiting.stripe_account_id, &waiting.event_id).await;
        if let Err(error) = applied {
            tracing::error!(event = waiting.event_id, "{error:#}");
        }
    }
    Ok(())
}

async fn one(engine: &Engine, account_id: StripeAccountId, event_id: &str) -> anyhow::Result<()> {
    let tx = engine.db.begin().await?;
    let waits = stripe_events::lock_unmatched(&tx, account_id, event_id).await?;
    if waits.is_none() {
        return Ok(());
    }
    let Some(stored) = stripe_events::one(&tx, account_id, event_id).await? else {
        return Ok(());
    };
    let Some(mut applied) = apply_waiting(engine, &tx, &stored).await? else {
        return Ok(());
    };
    tx.commit().await?;
    tracing::info!(event = event_id, "a Stripe event found its payment");
    applied.announce(engine).await;
    Ok(())
}

/// Applies a locked event that waits for its payment. `announce` the result after the commit. `None`: the
/// payment is still not found, and nothing was changed.
pub async fn apply_waiting(
    engine: &Engine,
    tx: &DatabaseTransaction,
    stored: &stripe_event::Model,
) -> anyhow::Result<Option<Applied>> {
    let account_id = stored.stripe_account_id;
    let Some(account) = stripe_accounts::row(tx, account_id).await? else {
        return Ok(None);
    };
    let source = Source {
        stripe_account_id: account.id,
        platform: account.platform,
        mode: StripeMode::of_livemode(account.livemode),
        now: engine.now(),
    };
    let applied = dispatch(engine, tx, source, &Event::read(&stored.body)).await?;
    if applied.unmatched {
        return Ok(None);
    }
    let (event_id, outcome) = (&stored.event_id, &applied.outcome);
    stripe_events::set_outcome(tx, account_id, event_id, outcome, None).await?;
    if let Some(job) = &applied.job {
        engine.queue.enqueue(tx, job).await?;
    }
    applied.follow_ups.enqueue(engine, tx).await?;
    Ok(Some(applied))
}

/// A payment as an event describes it.
pub struct Payment {
    /// `cs_…`.
    pub session_id: String,
    /// The path of the product's page, from our metadata.
    pub product: Option<String>,
    /// The buyer's e-mail address.
    pub email: Option<String>,
    /// Stripe's total, in the smallest units of `currency`.
    total: Option<i64>,
    /// The currency code in Stripe's spelling.
    currency: Option<String>,
}

impl Payment {
    /// `$45.00`, `18,000 JPY`.
    pub fn amount(&self) -> String {
        let (Some(total), Some(code)) = (self.total, &self.currency) else {
            return "Amount unknown".to_owned();
        };
        let amount = ForeignAmount::new(total, code).map(|amount| amount.to_string());
        amount.unwrap_or_else(|| format!("{total} {}", code.to_uppercase()))
    }
}

/// The payment in an event; `None` if nothing was paid.
pub fn payment_in(stored: &stripe_event::Model) -> Option<Payment> {
    let event = Event::read(&stored.body);
    let status = event.session.as_ref()?.payment_status.as_deref();
    let checkout_event = CheckoutEvent::of_event(event.kind(), status)?;
    let paid = state_after(PurchaseState::Open, checkout_event) == PurchaseState::Paid;
    let session = event.session.filter(|_| paid)?;
    Some(Payment {
        product: session.metadata(PRODUCT).map(str::to_owned),
        session_id: session.id,
        email: session.email,
        total: session.amount_total,
        currency: session.currency,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_that_stripe_does_not_name_is_not_nothing() {
        for (total, currency, shown) in [
            (Some(4500), Some("usd"), "$45.00"),
            (Some(4500), Some("xts"), "45.00 XTS"),
            (Some(18_000), Some("jpy"), "18,000 JPY"),
            (None, Some("usd"), "Amount unknown"),
            (Some(4500), None, "Amount unknown"),
        ] {
            let payment = Payment {
                session_id: "cs_1".to_owned(),
                product: None,
                email: None,
                total,
                currency: currency.map(str::to_owned),
            };
            assert_eq!(payment.amount(), shown);
        }
    }
}
