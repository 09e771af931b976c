//! Applies a Checkout event to the purchase of its session, for webhook events and retrieved
//! sessions alike.

use anyhow::Context;
use domain::{
    credit::{CreditState, ReturnCause, differs_from_price},
    money::Money,
    purchase::{
        CheckoutEvent, PurchaseState, Total, Transition, left_to_pay, purchase_total, transition,
    },
};
use sea_orm::{DatabaseTransaction, IntoActiveModel, Set};
use store::{
    MemberId, PurchaseId, Scope, checkout_sessions, credits,
    entities::{checkout_session, purchase},
    paid::PaidRow,
    purchases, sites, stripe_accounts,
    stripe_customers::{self, HolderId},
};
use stripe_gateway::{CheckoutSession, Payer};

use super::row::asked_for;
use crate::{
    Engine,
    credits::return_debit,
    memberships,
    purchases::{
        applied::{Applied, Source, UNREADABLE_AMOUNT, close},
        paid::{self, Paid},
        platform_sales,
    },
    queue::{FollowUps, Job},
    refunds,
};

/// Updates the purchase of `session`, in the caller's transaction.
///
/// # Errors
/// If the database fails, or a row cannot be read.
pub async fn apply(
    engine: &Engine,
    tx: &DatabaseTransaction,
    source: Source,
    session: &CheckoutSession,
    event: CheckoutEvent,
) -> anyhow::Result<Applied> {
    if source.platform {
        return platform_sales::apply(tx, source, session, event).await;
    }
    let Some((purchase, row)) = find(tx, source, session).await? else {
        return nobodys(tx, source, session, event).await;
    };
    let before = *purchase.state;
    // Stripe's `amount_total` is after discounts and before the customer's balance: for a purchase
    // with a debit, what is charged beside the credit.
    let price = purchase.money(purchase.price_cents);
    let spent = match asked_with_discount(row.as_ref())? {
        true => spent_on(tx, &purchase).await?,
        false => purchase.money(0),
    };
    let left = left_to_pay(price, spent).context("a debit of the price at most")?;
    let total = purchase_total(left, session.amount_total, session.currency.as_deref());
    // What nobody paid is worth nothing, whatever the event says of it.
    let nothing_paid = || (!event.may_be_paid()).then_some(Total::Asked(left));
    let Some(charged) = total.or_else(nothing_paid) else {
        return Ok(Applied::unmatched(UNREADABLE_AMOUNT));
    };
    let moved = transition(before, purchase.paid_at.is_some(), event, &charged);
    let mut outcome = format!(
        "purchase {} was {} and is {}",
        purchase.id,
        before.code(),
        moved.state.code()
    );
    if moved.newly_paid {
        outcome += &remarks(&purchase, price, &charged, spent);
    }
    let paid = Paid { charged, spent };
    let written = write(engine, tx, (source, session), &purchase, moved, &paid).await?;
    let follow_ups = match moved.newly_paid {
        true => {
            let (bought, invoice) = (PaidRow::Tenant(written), session.invoice.as_deref());
            let mut follow_ups = memberships::begin(tx, &bought, source.now).await?;
            follow_ups.append(refunds::begin(tx, bought, invoice, source.now).await?);
            follow_ups
        }
        false => FollowUps::default(),
    };
    if let Some(row) = row {
        close(tx, source, &row, session, moved.state).await?;
    }
    let over = matches!(moved.state, PurchaseState::Expired | PurchaseState::Failed);
    let back = match over && spent.is_positive() {
        true => return_debit(tx, purchase.id, ReturnCause::NotPaid, source.now).await?,
        false => None,
    };
    let decide = moved.counts.then_some(Job::DecideCredit {
        purchase_id: purchase.id,
    });
    Ok(Applied {
        outcome,
        job: decide.or(back),
        follow_ups,
        unmatched: false,
        newly_paid: moved.newly_paid,
        changed: (moved.state != before).then_some(Scope::Site(purchase.site_id)),
    })
}

/// What a person should look at in a payment, for the event's row; empty if it is as it should be.
fn remarks(purchase: &purchase::Model, price: Money, charged: &Total, spent: Money) -> String {
    let purchase = purchase.id.get();
    let charged = match charged {
        Total::Foreign(amount) => {
            tracing::error!(purchase, %price, %amount, "paid in another currency");
            return format!("; paid in another currency: {amount}");
        }
        Total::Asked(charged) => *charged,
    };
    let Some(differs) = differs_from_price(price, charged, spent) else {
        return String::new();
    };
    tracing::error!(
        purchase,
        %price,
        %charged,
        %spent,
        "what was charged and the credit do not make the price"
    );
    format!("; {differs}")
}

/// Whether the session was requested with a coupon for the buyer's credit.
fn asked_with_discount(row: Option<&checkout_session::Model>) -> anyhow::Result<bool> {
    let asked = row.map(asked_for).transpose()?.flatten();
    Ok(asked.is_some_and(|asked| asked.discount.is_some()))
}

/// The credit that was debited for the purchase.
async fn spent_on(tx: &DatabaseTransaction, purchase: &purchase::Model) -> anyhow::Result<Money> {
    let nothing = purchase.money(0);
    let debit = credits::debit_of(tx, purchase.id).await?;
    let debit = debit.filter(|debit| debit.state == CreditState::Issued);
    let Some(debit) = debit else {
        return Ok(nothing);
    };
    let spent = debit.amount()?.in_favor().opposite();
    spent.context("a debit that fits")
}

/// Handles a session that matches no row. It is still ours if its metadata says that this account's
/// site created it.
async fn nobodys(
    tx: &DatabaseTransaction,
    source: Source,
    session: &CheckoutSession,
    event: CheckoutEvent,
) -> anyhow::Result<Applied> {
    const NONE: &str = "no purchase has this Checkout session";
    let account = stripe_accounts::row(tx, source.stripe_account_id).await?;
    let site = match account.and_then(|account| account.site_id) {
        Some(site_id) => sites::by_id(tx, site_id).await?,
        None => None,
    };
    // Sessions from before the realm was added carry the site's key.
    let made_here = site.is_some_and(|site| match session.metadata(CheckoutSession::REALM) {
        Some(realm) => realm == site.row.realm,
        None => session.metadata("site") == Some(&site.row.key),
    });
    Ok(match made_here && event.may_be_paid() {
        true => Applied::unmatched(NONE),
        false => Applied::nothing(NONE),
    })
}

/// Finds and locks the purchase of a session: by the stored session id, or by our token if Stripe
/// reports the session before its id is stored. Never by a row number alone: after a restore from a
/// backup, other rows get the same numbers.
async fn find(
    tx: &DatabaseTransaction,
    source: Source,
    session: &CheckoutSession,
) -> anyhow::Result<Option<(purchase::Model, Option<checkout_session::Model>)>> {
    let token = session.metadata(CheckoutSession::TOKEN);
    let account = source.stripe_account_id;
    let row = match checkout_sessions::lock_named(tx, &session.id, token).await? {
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

/// Finds a session that was requested before sessions carried tokens and whose answer was lost: by
/// both numbers in its metadata, the purchase's and the buyer's.
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
    let (purchase_id, buyer_id) = (PurchaseId::new(purchase_id), MemberId::new(buyer_id));
    let Some(row) = checkout_sessions::lock_without_token(tx, purchase_id).await? else {
        return Ok(None);
    };
    let purchase = purchases::lock(tx, purchase_id).await?;
    Ok(purchase
        .is_some_and(|purchase| purchase.buyer_id == buyer_id)
        .then_some(row))
}

/// Whether the session names the customer for whom it was requested. A session that was requested
/// without a customer passes.
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

/// Writes the new state and the session's data.
async fn write(
    engine: &Engine,
    tx: &DatabaseTransaction,
    (source, session): (Source, &CheckoutSession),
    purchase: &purchase::Model,
    moved: Transition,
    paid: &Paid,
) -> anyhow::Result<purchase::Model> {
    let mut row = purchase.clone().into_active_model();
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
    let written = paid::update(engine, tx, row, moved, paid, source.now).await?;
    // The customer belongs to the account in which the session was created, even if another is
    // connected now.
    let account = purchase
        .stripe_account_id
        .unwrap_or(source.stripe_account_id);
    if let Some(customer) = &session.customer {
        stripe_customers::adopt(tx, account, purchase.buyer_id, customer).await?;
    }
    // The payment spent balance, or Stripe released the balance that the session held.
    let is_moved = moved.newly_paid || moved.state != *purchase.state;
    if is_moved && purchase.kind.spends_balance() {
        let buyer = HolderId::Member(purchase.buyer_id);
        stripe_customers::forget_balance(tx, account, buyer).await?;
    }
    Ok(written)
}
