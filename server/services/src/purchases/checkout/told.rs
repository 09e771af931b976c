//! What Stripe says of a Checkout session, applied to what was bought in it: one way for webhook
//! events and for sessions that we retrieve.

use domain::{
    Awaited, CheckoutNews, PurchaseState, SessionState, StripeMode, after_news, counts_as_purchase,
    next_check,
};
use sea_orm::{DatabaseTransaction, IntoActiveModel, Set};
use server_core::clock::{from_ms, to_ms};
use store::{
    checkout_sessions,
    entities::{checkout_session, purchase},
    purchases::{self, credit_check},
    sites, stripe_accounts,
    stripe_customers::{self, HolderId},
};
use stripe_gateway::{CheckoutSession, Payer};
use time::Duration;

use super::request::asked_for;
use crate::{purchases::platform_sales, queue::Job};

/// Where it was heard, and when.
#[derive(Clone, Copy)]
pub struct Source {
    /// Our id of the Stripe account.
    pub stripe_account_id: i64,
    /// The platform's own account; no other's sessions ever sell a subscription to a brand.
    pub platform: bool,
    /// Test or live, as the account is.
    pub mode: StripeMode,
    /// Milliseconds, UTC.
    pub now_ms: i64,
}

/// What became of it.
pub struct Applied {
    /// In a sentence, for the event's row.
    pub outcome: String,
    /// What is to be done once the transaction is committed.
    pub job: Option<Job>,
    /// It is about a payment of ours that is not found here: an event is kept, and applied anew until it
    /// is.
    pub unmatched: bool,
}

impl Applied {
    /// Nothing was changed.
    pub fn nothing(outcome: impl Into<String>) -> Self {
        Self {
            outcome: outcome.into(),
            job: None,
            unmatched: false,
        }
    }

    /// It is about a payment of ours that is not found here.
    pub fn unmatched(outcome: impl Into<String>) -> Self {
        Self {
            unmatched: true,
            ..Self::nothing(outcome)
        }
    }
}

/// Moves the purchase of `session` on, in the caller's transaction.
///
/// # Errors
/// If the database fails, or a row cannot be read.
pub async fn apply(
    tx: &DatabaseTransaction,
    source: Source,
    session: &CheckoutSession,
    news: CheckoutNews,
) -> anyhow::Result<Applied> {
    if source.platform {
        return platform_sales::apply(tx, source, session, news).await;
    }
    let Some((purchase, row)) = find(tx, source, session).await? else {
        return nobodys(tx, source, session, news).await;
    };
    let before = purchase.purchase_state();
    let after = after_news(before, news);
    let due = write(tx, source, &purchase, session, after).await?;
    if let Some(row) = row {
        close(tx, source, &row, session, after).await?;
    }
    Ok(Applied {
        outcome: format!(
            "purchase {} was {} and is {}",
            purchase.id,
            before.code(),
            after.code()
        ),
        job: due.then_some(Job::DecideCredit {
            purchase_id: purchase.id,
        }),
        unmatched: false,
    })
}

/// A session that no row names: ours nevertheless, if it says that this account's site made it.
async fn nobodys(
    tx: &DatabaseTransaction,
    source: Source,
    session: &CheckoutSession,
    news: CheckoutNews,
) -> anyhow::Result<Applied> {
    const NONE: &str = "no purchase of ours has this Checkout session";
    let account = stripe_accounts::row(tx, source.stripe_account_id).await?;
    let site = match account.and_then(|account| account.site_id) {
        Some(site_id) => sites::by_id(tx, site_id).await?,
        None => None,
    };
    // Before sessions carried the realm, the site's key was on them.
    let made_here = site.is_some_and(|site| match session.metadata(CheckoutSession::REALM) {
        Some(realm) => realm == site.row.realm,
        None => session.metadata("site") == Some(&site.row.key),
    });
    Ok(match made_here && news.may_be_paid() {
        true => Applied::unmatched(NONE),
        false => Applied::nothing(NONE),
    })
}

/// The purchase of a session, locked: by the session's id as we stored it, or by our token where the
/// session was heard of before its id was stored. Never by a number alone: a restored database gives
/// the same numbers to others.
async fn find(
    tx: &DatabaseTransaction,
    source: Source,
    session: &CheckoutSession,
) -> anyhow::Result<Option<(purchase::Model, Option<checkout_session::Model>)>> {
    let token = session.metadata(CheckoutSession::TOKEN);
    let account = source.stripe_account_id;
    let row = match checkout_sessions::lock_told(tx, &session.id, token).await? {
        Some(row) => Some(row),
        None if token.is_none() => without_token(tx, session).await?,
        None => None,
    };
    let Some(row) = row else {
        let purchase = purchases::lock_by_session(tx, account, &session.id).await?;
        return Ok(purchase.map(|purchase| (purchase, None)));
    };
    if !is_of_its_customer(&row, session)? {
        return Ok(None);
    }
    let Some(purchase_id) = row.purchase_id else {
        return Ok(None);
    };
    let purchase = purchases::lock_of_account(tx, account, purchase_id).await?;
    Ok(purchase.map(|purchase| (purchase, Some(row))))
}

/// A session that was asked for before sessions carried tokens, and whose answer was lost: by the
/// numbers that it carries, both of them.
async fn without_token(
    tx: &DatabaseTransaction,
    session: &CheckoutSession,
) -> anyhow::Result<Option<checkout_session::Model>> {
    let number = |name| {
        session
            .metadata(name)
            .and_then(|text| text.parse::<i64>().ok())
    };
    let Some((purchase_id, buyer_id)) = number("purchase_id").zip(number("user_id")) else {
        return Ok(None);
    };
    let Some(row) = checkout_sessions::lock_without_token(tx, purchase_id).await? else {
        return Ok(None);
    };
    let purchase = purchases::lock(tx, purchase_id).await?;
    Ok(purchase
        .is_some_and(|purchase| purchase.buyer_id == buyer_id)
        .then_some(row))
}

/// A session that was made for a customer is paid by that customer.
fn is_of_its_customer(
    row: &checkout_session::Model,
    session: &CheckoutSession,
) -> anyhow::Result<bool> {
    let asked = asked_for(row)?.map(|asked| asked.payer);
    Ok(match (asked, &session.customer) {
        (Some(Payer::Customer(asked)), Some(paid)) => asked == *paid,
        _ => true,
    })
}

/// Writes the new state and what the session tells; answers whether a credit is to be decided.
async fn write(
    tx: &DatabaseTransaction,
    source: Source,
    purchase: &purchase::Model,
    session: &CheckoutSession,
    after: PurchaseState,
) -> anyhow::Result<bool> {
    let newly_paid = after == PurchaseState::Paid && purchase.paid_at.is_none();
    // Stripe's total is after discounts and before the customer's balance: what the order is worth.
    let worth = purchase.money(session.amount_total.unwrap_or(purchase.price_cents));
    let due = newly_paid
        && purchase.credit_check == credit_check::NONE
        && counts_as_purchase(after, worth);
    let mut row = purchase.clone().into_active_model();
    row.state = Set(after.code().to_owned());
    row.checkout_session_id = Set(Some(session.id.clone()));
    if let Some(id) = &session.payment_intent {
        row.payment_intent_id = Set(Some(id.clone()));
    }
    if let Some(id) = &session.subscription {
        row.subscription_id = Set(Some(id.clone()));
    }
    if let Some(id) = &session.customer {
        row.stripe_customer_id = Set(Some(id.clone()));
    }
    if newly_paid {
        row.paid_at = Set(Some(source.now_ms));
        row.paid_cents = Set(Some(worth.cents()));
        let check = if due {
            credit_check::DUE
        } else {
            credit_check::DONE
        };
        row.credit_check = Set(check.to_owned());
    }
    purchases::update(tx, row).await?;
    // The customer is of the account that the session was made at, whatever is connected by now.
    let account = purchase
        .stripe_account_id
        .unwrap_or(source.stripe_account_id);
    if let Some(customer) = &session.customer {
        stripe_customers::adopt(tx, account, purchase.buyer_id, customer).await?;
    }
    // It was spent, or what the page held of it is given back.
    let moved = newly_paid || after != purchase.purchase_state();
    if moved && purchase.product_kind().spends_balance() {
        let buyer = HolderId::Member(purchase.buyer_id);
        stripe_customers::forget_balance(tx, account, buyer).await?;
    }
    Ok(due)
}

/// The session is over for its buyer. A slow payment is asked after until it ends.
pub async fn close(
    tx: &DatabaseTransaction,
    source: Source,
    row: &checkout_session::Model,
    session: &CheckoutSession,
    after: PurchaseState,
) -> anyhow::Result<()> {
    let state = match after {
        PurchaseState::Open => row.session_state()?,
        PurchaseState::Expired | PurchaseState::Failed => SessionState::Expired,
        PurchaseState::Processing | PurchaseState::Paid => SessionState::Complete,
    };
    let next = match after {
        PurchaseState::Open => row.next_check_at,
        PurchaseState::Processing => {
            next_check_at(row.last_sent_at(), source.now_ms, Awaited::Payment)
        }
        PurchaseState::Expired | PurchaseState::Paid | PurchaseState::Failed => None,
    };
    checkout_sessions::set_over(tx, row.id, &session.id, state, next).await?;
    Ok(())
}

/// When Stripe is asked next about a session that was last sent at `last_sent_at`; milliseconds. `None`:
/// no more.
pub fn next_check_at(last_sent_at: i64, now_ms: i64, awaited: Awaited) -> Option<i64> {
    // A clock that was set back makes no session younger than new.
    let age = (from_ms(now_ms) - from_ms(last_sent_at)).max(Duration::ZERO);
    next_check(age, awaited).map(|wait| to_ms(from_ms(now_ms) + wait))
}
