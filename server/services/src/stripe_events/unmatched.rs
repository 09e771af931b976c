//! Events about payments of ours that are not found here, as after a backup was put back: kept, and
//! applied anew at each delivery and by the sweep.

use domain::{
    money::{Currency, Money},
    purchase::{CheckoutNews, PurchaseState, after_news},
    stripe_keys::StripeMode,
};
use sea_orm::DatabaseTransaction;
use store::StripeAccountId;
use store::{entities::stripe_event, stripe_accounts, stripe_events};
use time::Duration;

use super::{Event, dispatch};
use crate::{
    Engine,
    purchases::{applied::Source, checkout::PRODUCT},
};

/// How long Stripe is told to deliver such an event again. Stripe itself tries for up to three days
/// (Stripe, "Webhooks", automatic retries).
pub const WAITS_FOR: Duration = Duration::hours(72);

/// Events applied anew in one round.
const AT_ONCE: u64 = 100;

/// Applies every event that waits and came within [`WAITS_FOR`] once more.
///
/// # Errors
/// If the database fails; the next round does it.
pub async fn apply_again(state: &Engine) -> anyhow::Result<()> {
    let from = state.now() - WAITS_FOR;
    for waiting in stripe_events::unmatched(state.db.reader(), from, AT_ONCE).await? {
        let applied = one(state, waiting.stripe_account_id, &waiting.event_id).await;
        if let Err(error) = applied {
            tracing::error!(event = waiting.event_id, "{error:#}");
        }
    }
    Ok(())
}

async fn one(state: &Engine, account_id: StripeAccountId, event_id: &str) -> anyhow::Result<()> {
    let tx = state.db.begin().await?;
    let waits = stripe_events::lock_unmatched(&tx, account_id, event_id).await?;
    if waits.is_none() {
        return Ok(());
    }
    let Some(stored) = stripe_events::one(&tx, account_id, event_id).await? else {
        return Ok(());
    };
    let Some(job) = apply_waiting(state, &tx, &stored).await? else {
        return Ok(());
    };
    tx.commit().await?;
    tracing::info!(event = event_id, "a Stripe event found its payment");
    if job {
        state.queue.announce();
    }
    Ok(())
}

/// Applies a locked event that waits; whether a job came of it, to be announced once the transaction
/// is committed. `None`: it still finds nothing, and nothing was changed.
///
/// # Errors
/// If the database fails.
pub async fn apply_waiting(
    state: &Engine,
    tx: &DatabaseTransaction,
    stored: &stripe_event::Model,
) -> anyhow::Result<Option<bool>> {
    let account_id = stored.stripe_account_id;
    let Some(account) = stripe_accounts::row(tx, account_id).await? else {
        return Ok(None);
    };
    let source = Source {
        stripe_account_id: account.id,
        platform: account.platform,
        mode: StripeMode::of_livemode(account.livemode),
        now: state.now(),
    };
    let applied = dispatch(tx, source, Event::read(&stored.body)).await?;
    if applied.unmatched {
        return Ok(None);
    }
    let (event_id, outcome) = (&stored.event_id, &applied.outcome);
    stripe_events::set_outcome(tx, account_id, event_id, outcome, None).await?;
    if let Some(job) = &applied.job {
        state.queue.enqueue(tx, job).await?;
    }
    Ok(Some(applied.job.is_some()))
}

/// What somebody paid, as an event tells it.
pub struct Payment {
    /// `cs_…`.
    pub session_id: String,
    /// The path of the product's page, as our metadata says it.
    pub product: Option<String>,
    /// The buyer's address.
    pub email: Option<String>,
    /// Stripe's total, in the least units of `currency`.
    total: i64,
    /// Stripe's word for it.
    currency: String,
}

impl Payment {
    /// `$45.00`; in a currency that nobody here trades in, its least units and its code.
    pub fn amount(&self) -> String {
        match Currency::parse(&self.currency) {
            Some(currency) => Money::new(self.total, currency).to_string(),
            None => format!("{} {}", self.total, self.currency.to_uppercase()),
        }
    }
}

/// The payment that an event tells of; `None` where nothing was paid.
pub fn payment_in(stored: &stripe_event::Model) -> Option<Payment> {
    let event = Event::read(&stored.body);
    let kind = event.kind().to_owned();
    let session = event.into_session()?;
    let news = match kind.as_str() {
        "checkout.session.completed" => {
            CheckoutNews::of_completed(session.payment_status.as_deref())
        }
        "checkout.session.async_payment_succeeded" => CheckoutNews::AsyncSucceeded,
        _ => return None,
    };
    let paid = after_news(PurchaseState::Open, news) == PurchaseState::Paid;
    paid.then_some(())?;
    Some(Payment {
        product: session.metadata(PRODUCT).map(str::to_owned),
        session_id: session.id,
        email: session.email,
        total: session.amount_total.unwrap_or_default(),
        currency: session.currency.unwrap_or_default(),
    })
}
