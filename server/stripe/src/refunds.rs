//! Refunds and disputes (Stripe, "Refunds", "Disputes"), and how a payment is found from an invoice.

use std::collections::HashMap;

use ::stripe::StripeRequest;
use domain::credit::StripeError;
use futures::TryStreamExt;
use stripe_billing::invoice_payment::ListInvoicePayment;
use stripe_core::{
    dispute::ListDispute,
    refund::{CreateRefund, ListRefund},
};
use stripe_types::RangeQueryTs;

use super::{Call, client::Client, convert, ordered::Ordered};

/// The metadata key under which a refund carries our token.
pub const REFUND_TOKEN: &str = "refund_token";

/// The most items that Stripe returns in one page of a list.
const PAGE: i64 = 100;

/// A refund as Stripe has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refund {
    /// `re_…`.
    pub id: String,
    /// What is given back, in the smallest unit of `currency`.
    pub amount_cents: i64,
    /// Stripe's code: `usd`.
    pub currency: String,
    /// `pending`, `requires_action`, `succeeded`, `failed` or `canceled`.
    pub status: Option<String>,
    /// `pi_…`.
    pub payment_intent: Option<String>,
    /// `ch_…`.
    pub charge: Option<String>,
    /// Why it failed, in Stripe's words: `expired_or_canceled_card`.
    pub failure_reason: Option<String>,
    /// Our token under [`REFUND_TOKEN`]; `None` if the refund was made in Stripe's dashboard.
    pub token: Option<String>,
    /// When Stripe made it, in seconds since the epoch.
    pub created: Option<i64>,
}

/// A dispute as Stripe has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dispute {
    /// `dp_…` or `du_…`.
    pub id: String,
    /// What is disputed, in the smallest unit of `currency`.
    pub amount_cents: i64,
    /// Stripe's code: `usd`.
    pub currency: String,
    /// `needs_response`, `under_review`, `won`, `lost` or `prevented`; of an inquiry
    /// `warning_needs_response`, `warning_under_review` or `warning_closed`.
    pub status: Option<String>,
    /// `fraudulent`, `duplicate`, ….
    pub reason: Option<String>,
    /// `pi_…`.
    pub payment_intent: Option<String>,
    /// `ch_…`.
    pub charge: Option<String>,
    /// When it was opened, in seconds since the epoch.
    pub created: Option<i64>,
}

/// The charge of an event `charge.refunded`, which does not name the refund; or a refund or a dispute of which the
/// event does not say how much it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundedCharge {
    /// `ch_…`, or the id of the refund or the dispute.
    pub id: String,
    /// `pi_…`.
    pub payment_intent: Option<String>,
    /// All that was refunded so far, in the smallest unit of the charge's currency.
    pub amount_refunded: Option<i64>,
}

/// What paid an invoice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PaidBy {
    /// `pi_…`.
    PaymentIntent(String),
    /// The balance or a coupon alone: nothing was left to pay.
    NoPayment,
    /// It is not paid yet, or the account has no such invoice.
    Unknown,
}

/// A refund to make.
#[derive(Clone, Copy)]
pub struct NewRefund<'a> {
    /// `pi_…`, whose payment is given back.
    pub payment_intent: &'a str,
    /// How much of it, in the smallest unit of the payment's currency.
    pub amount_cents: i64,
    /// Our random token, stored under [`REFUND_TOKEN`] so that we can find the refund again.
    pub token: &'a str,
}

pub async fn create(client: &Client, new: NewRefund<'_>, idempotency_key: &str) -> Call<Refund> {
    let request = CreateRefund::new()
        .payment_intent(new.payment_intent)
        .amount(new.amount_cents)
        .metadata(HashMap::from([(
            REFUND_TOKEN.to_owned(),
            new.token.to_owned(),
        )]));
    let created = Ordered(request)
        .customize()
        .request_strategy(convert::once(idempotency_key)?)
        .send(client)
        .await;
    created
        .map(|refund| refund_of(&refund))
        .map_err(|error| convert::stripe_error(&error))
}

/// Every refund of a payment, newest first.
pub async fn of(client: &Client, payment_intent: &str) -> Call<Vec<Refund>> {
    list(client, ListRefund::new().payment_intent(payment_intent)).await
}

/// Every refund of the account that was made at or after `since`, newest first.
pub async fn since(client: &Client, since: i64) -> Call<Vec<Refund>> {
    list(client, ListRefund::new().created(RangeQueryTs::gte(since))).await
}

async fn list(client: &Client, list: ListRefund) -> Call<Vec<Refund>> {
    let list = list.limit(PAGE);
    let found: Result<Vec<_>, _> = list.paginate().stream(client).try_collect().await;
    let found = found.map_err(|error| convert::stripe_error(&error))?;
    Ok(found.iter().map(refund_of).collect())
}

/// Every dispute of a payment, newest first.
pub async fn disputes_of(client: &Client, payment_intent: &str) -> Call<Vec<Dispute>> {
    list_disputes(client, ListDispute::new().payment_intent(payment_intent)).await
}

/// Every dispute of the account that was opened at or after `since`, newest first.
pub async fn disputes_since(client: &Client, since: i64) -> Call<Vec<Dispute>> {
    list_disputes(client, ListDispute::new().created(RangeQueryTs::gte(since))).await
}

async fn list_disputes(client: &Client, list: ListDispute) -> Call<Vec<Dispute>> {
    let list = list.limit(PAGE);
    let found: Result<Vec<_>, _> = list.paginate().stream(client).try_collect().await;
    let found = found.map_err(|error| convert::stripe_error(&error))?;
    Ok(found.iter().map(dispute_of).collect())
}

/// What paid an invoice that is finalized. Stripe makes an invoice payment as soon as something is left to
/// pay (Stripe, "Invoice payments").
pub async fn paid_by(client: &Client, invoice: &str) -> Call<PaidBy> {
    let list = ListInvoicePayment::new().invoice(invoice).limit(PAGE);
    let payments = match list.send(client).await {
        Ok(page) => page.data,
        Err(error) => {
            return match convert::stripe_error(&error) {
                StripeError::Refused(code) if code == "resource_missing" => Ok(PaidBy::Unknown),
                error => Err(error),
            };
        }
    };
    if payments.is_empty() {
        return Ok(PaidBy::NoPayment);
    }
    let paid = payments.into_iter().filter(|one| one.status == "paid");
    let mut intents = paid.filter_map(|one| {
        let intent = one.payment.payment_intent?;
        Some(intent.id().to_string())
    });
    Ok(intents
        .next()
        .map_or(PaidBy::Unknown, PaidBy::PaymentIntent))
}

fn refund_of(refund: &stripe_core::Refund) -> Refund {
    let metadata = refund.metadata.as_ref();
    let intent = refund.payment_intent.as_ref();
    Refund {
        id: refund.id.to_string(),
        amount_cents: refund.amount,
        currency: refund.currency.to_string(),
        status: refund.status.clone(),
        payment_intent: intent.map(|intent| intent.id().to_string()),
        charge: refund.charge.as_ref().map(|charge| charge.id().to_string()),
        failure_reason: refund.failure_reason.clone(),
        token: metadata.and_then(|metadata| metadata.get(REFUND_TOKEN).cloned()),
        created: Some(refund.created),
    }
}

fn dispute_of(dispute: &stripe_core::Dispute) -> Dispute {
    let intent = dispute.payment_intent.as_ref();
    Dispute {
        id: dispute.id.to_string(),
        amount_cents: dispute.amount,
        currency: dispute.currency.to_string(),
        status: Some(dispute.status.as_str().to_owned()),
        reason: Some(dispute.reason.clone()),
        payment_intent: intent.map(|intent| intent.id().to_string()),
        charge: Some(dispute.charge.id().to_string()),
        created: Some(dispute.created),
    }
}
