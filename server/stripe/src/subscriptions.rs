//! Subscriptions: how one stands, and its end (Stripe, "Subscriptions").

use std::collections::BTreeMap;

use ::stripe::StripeError as ClientError;
use domain::credit::StripeError;
use stripe_billing::subscription::{RetrieveSubscription, UpdateSubscription};

use super::{Call, client::Client, convert};

/// A subscription as Stripe has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subscription {
    /// `sub_…`.
    pub id: String,
    /// `active`, `trialing`, `past_due`, `unpaid`, `incomplete`, `incomplete_expired`, `paused` or
    /// `canceled`.
    pub status: Option<String>,
    /// `cus_…`.
    pub customer: Option<String>,
    /// It ends when what was paid for ends.
    pub cancel_at_period_end: bool,
    /// When it will end, if that is set; in seconds since the epoch, as are all times here.
    pub cancel_at: Option<i64>,
    /// When somebody canceled it, though it may go on until `cancel_at`.
    pub canceled_at: Option<i64>,
    /// When it ended.
    pub ended_at: Option<i64>,
    /// When what was paid for ends, and the next payment is due. Stripe tells it of a subscription's
    /// items; the latest one counts.
    pub current_period_end: Option<i64>,
    /// `in_…`.
    pub latest_invoice: Option<String>,
    /// The metadata that we set at the Checkout session.
    pub metadata: BTreeMap<String, String>,
}

/// An invoice of an event, as far as it says how a subscription's payment went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Invoice {
    /// `in_…`.
    pub id: String,
    /// `draft`, `open`, `paid`, `uncollectible` or `void`.
    pub status: Option<String>,
    /// `cus_…`.
    pub customer: Option<String>,
    /// `sub_…`, if a subscription made it.
    pub subscription: Option<String>,
    /// `subscription_create` for the first, `subscription_cycle` for a renewal, ….
    pub billing_reason: Option<String>,
    /// Stripe's code: `usd`.
    pub currency: Option<String>,
    /// What is to be paid after the customer balance, in the smallest unit of `currency`.
    pub amount_due: Option<i64>,
    /// What was paid other than from the customer balance, in the smallest unit of `currency`.
    pub amount_paid: Option<i64>,
    /// When Stripe tries the payment again, in seconds since the epoch.
    pub next_payment_attempt: Option<i64>,
    /// The subscription's metadata at the time of the invoice.
    pub metadata: BTreeMap<String, String>,
}

pub async fn retrieve(client: &Client, id: &str) -> Call<Option<Subscription>> {
    match RetrieveSubscription::new(id).send(client).await {
        Ok(subscription) => Ok(Some(subscription_of(subscription))),
        Err(ClientError::Stripe(_, 404)) => Ok(None),
        Err(error) => Err(convert::stripe_error(&error)),
    }
}

/// Sets whether a subscription ends at its period's end; `false` if there is none, or it ended.
pub async fn set_cancel_at_period_end(client: &Client, id: &str, cancel: bool) -> Call<bool> {
    let update = UpdateSubscription::new(id).cancel_at_period_end(cancel);
    match update.send(client).await {
        Ok(_) => Ok(true),
        Err(ClientError::Stripe(_, 404)) => Ok(false),
        Err(error) => match convert::stripe_error(&error) {
            // Stripe has no code for "it ended before", so that we look.
            StripeError::Refused(code) => match retrieve(client, id).await? {
                Some(found) if !found.ended() => Err(StripeError::Refused(code)),
                _ => Ok(false),
            },
            error => Err(error),
        },
    }
}

impl Subscription {
    /// It is over, and cannot be changed any more.
    pub fn ended(&self) -> bool {
        matches!(
            self.status.as_deref(),
            Some("canceled" | "incomplete_expired")
        )
    }
}

fn subscription_of(found: stripe_billing::Subscription) -> Subscription {
    let ends = found.items.data.iter().map(|item| item.current_period_end);
    Subscription {
        id: found.id.to_string(),
        status: Some(found.status.as_str().to_owned()),
        customer: Some(found.customer.id().to_string()),
        cancel_at_period_end: found.cancel_at_period_end,
        cancel_at: found.cancel_at,
        canceled_at: found.canceled_at,
        ended_at: found.ended_at,
        current_period_end: ends.max(),
        latest_invoice: found.latest_invoice.and_then(convert::invoice_id),
        metadata: found.metadata.into_iter().collect(),
    }
}
