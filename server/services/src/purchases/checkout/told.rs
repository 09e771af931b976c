//! What Stripe says of a Checkout session, applied to what was bought in it: one way for webhook
//! events and for sessions that we retrieve.

use domain::{
    money::Money,
    purchase::{CheckoutNews, Transition, transition},
};
use sea_orm::{DatabaseTransaction, IntoActiveModel, Set};
use store::MemberId;
use store::PurchaseId;
use store::{
    checkout_sessions,
    entities::{checkout_session, purchase},
    purchases, sites, stripe_accounts,
    stripe_customers::{self, HolderId},
};
use stripe_gateway::{CheckoutSession, Payer};

use super::row::asked_for;
use crate::{
    purchases::{
        applied::{Applied, Source, close},
        platform_sales,
    },
    queue::Job,
};

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
    let before = *purchase.state;
    // Stripe's total is after discounts and before the customer's balance: what the order is worth.
    let worth = purchase.money(session.amount_total.unwrap_or(purchase.price_cents));
    let moved = transition(before, purchase.paid_at.is_some(), news, worth);
    write(tx, source, &purchase, session, moved, worth).await?;
    if let Some(row) = row {
        close(tx, source, &row, session, moved.state).await?;
    }
    Ok(Applied {
        outcome: format!(
            "purchase {} was {} and is {}",
            purchase.id,
            before.code(),
            moved.state.code()
        ),
        job: moved.counts.then_some(Job::DecideCredit {
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
    let Some(row) = checkout_sessions::lock_without_token(tx, PurchaseId::new(purchase_id)).await?
    else {
        return Ok(None);
    };
    let purchase =
        purchases::lock(tx, row.purchase_id.unwrap_or(PurchaseId::new(purchase_id))).await?;
    Ok(purchase
        .is_some_and(|purchase| purchase.buyer_id == MemberId::new(buyer_id))
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

/// Writes the new state and what the session tells.
async fn write(
    tx: &DatabaseTransaction,
    source: Source,
    purchase: &purchase::Model,
    session: &CheckoutSession,
    moved: Transition,
    worth: Money,
) -> anyhow::Result<()> {
    let mut row = purchase.clone().into_active_model();
    row.state = Set(moved.state.into());
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
    if let Some(check) = moved.credit_check() {
        row.paid_at = Set(Some(source.now));
        row.paid_cents = Set(Some(worth.cents()));
        row.credit_check = Set(check.into());
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
    let is_moved = moved.newly_paid || moved.state != *purchase.state;
    if is_moved && purchase.kind.spends_balance() {
        let buyer = HolderId::Member(purchase.buyer_id);
        stripe_customers::forget_balance(tx, account, buyer).await?;
    }
    Ok(())
}
