//! Records the outcome of a debit or of its return: what it means for the purchase, in the same
//! transaction.

use anyhow::Context;
use domain::{
    credit::{AfterDebit, CreditState, Place, ReturnCause, after_debit, left_to_return, overdraft},
    money::Money,
    purchase::{CheckoutEvent, PurchaseState, SessionState, Total, left_to_pay, transition},
    referral::FailureReason,
};
use sea_orm::{DatabaseTransaction, IntoActiveModel};
use store::{
    PurchaseId, Timestamp, checkout_sessions, credits,
    entities::{checkout_session, credit, purchase},
    purchases,
    stripe_customers::HolderId,
};

use super::{
    Issued,
    post::Posted,
    record::{SOON, balance_changed, defer, set_issued},
    shortfalls,
};
use crate::{
    Engine,
    purchases::paid::{self, Paid},
    queue::Job,
};

/// Records that Stripe has the debit. If nothing is left to pay, the purchase is paid by it. If the
/// purchase has ended meanwhile, or the balance was not enough, the debit goes back.
pub async fn record_spent(
    engine: &Engine,
    debit: &credit::Model,
    posted: &Posted,
) -> anyhow::Result<Issued> {
    let now = engine.now();
    let tx = engine.db.begin().await?;
    let (session, purchase) = lock(&tx, debit).await?;
    if !set_issued(&tx, debit, posted, now).await? {
        return Ok(Issued::NothingToDo);
    }
    balance_changed(&tx, HolderId::Member(purchase.buyer_id), posted).await?;
    let price = purchase.money(purchase.price_cents);
    let spent = taken(posted.entry.amount.in_favor())?;
    let over = posted
        .entry
        .ending_balance
        .and_then(|ending| overdraft(spent, ending));
    let place = match purchase.in_person {
        true => Place::Counter,
        false => Place::Online,
    };
    let job = match after_debit(*purchase.state, place, price, spent, over) {
        AfterDebit::Paid => set_paid(engine, &tx, &purchase, spent, now).await?,
        AfterDebit::Checkout => None,
        AfterDebit::Return(cause) => {
            end(&tx, &purchase, session.as_ref()).await?;
            let debit = credits::by_id(&tx, debit.id).await?.context("the debit")?;
            insert_return(&tx, &debit, cause, spent, now).await?
        }
    };
    if let Some(job) = &job {
        engine.queue.enqueue(&tx, job).await?;
    }
    tx.commit().await?;
    engine.queue.wake_workers();
    Ok(Issued::Credited)
}

/// Stripe does not have the debit and will not get it: the purchase ends, and nothing was taken.
pub async fn record_not_spent(
    engine: &Engine,
    debit: &credit::Model,
    attempts: u32,
    reason: FailureReason,
) -> anyhow::Result<Issued> {
    let tx = engine.db.begin().await?;
    let (session, purchase) = lock(&tx, debit).await?;
    if !credits::set_failed(&tx, debit, attempts, &reason, engine.now()).await? {
        return Ok(Issued::NothingToDo);
    }
    end(&tx, &purchase, session.as_ref()).await?;
    tx.commit().await?;
    Ok(Issued::Failed(reason))
}

/// Records that the debit went back. What should have been taken from that balance before, and was not
/// there, is taken now (`docs/rules.md` 126).
pub async fn record_returned(
    engine: &Engine,
    row: &credit::Model,
    posted: &Posted,
) -> anyhow::Result<Issued> {
    let now = engine.now();
    let tx = engine.db.begin().await?;
    // Referrals are locked before credits.
    let Some(short) = shortfalls::lock(&tx, row).await? else {
        tx.rollback().await?;
        return defer(engine, row, SOON).await;
    };
    if !set_issued(&tx, row, posted, now).await? {
        return Ok(Issued::NothingToDo);
    }
    if let Some(holder) = row.holder() {
        balance_changed(&tx, holder, posted).await?;
    }
    let returned = posted.entry.amount.in_favor();
    let follow_ups = shortfalls::settle(&tx, row, returned, short, now).await?;
    follow_ups.enqueue(engine, &tx).await?;
    tx.commit().await?;
    follow_ups.wake(engine).await;
    Ok(Issued::Credited)
}

/// Returns what is left of the purchase's debit, after the purchase ended without a payment or was
/// undone: the caller holds its lock. Returns the job to enqueue in the same transaction, if there is
/// one. A debit whose outcome is open is returned once Stripe has it.
///
/// # Errors
/// If the database fails, or a row cannot be read.
pub async fn return_debit(
    tx: &DatabaseTransaction,
    purchase_id: PurchaseId,
    cause: ReturnCause,
    now: Timestamp,
) -> anyhow::Result<Option<Job>> {
    let debit = credits::debit_of(tx, purchase_id).await?;
    let Some(debit) = debit.filter(|debit| debit.state == CreditState::Issued) else {
        return Ok(None);
    };
    let mut returned = 0;
    for row in credits::returned_of(tx, purchase_id).await? {
        returned += row.amount()?.in_favor().cents();
    }
    let spent = taken(debit.amount()?.in_favor())?;
    let Some(left) = left_to_return(spent, Money::new(returned, spent.currency())) else {
        return Ok(None);
    };
    insert_return(tx, &debit, cause, left, now).await
}

async fn insert_return(
    tx: &DatabaseTransaction,
    debit: &credit::Model,
    cause: ReturnCause,
    amount: Money,
    now: Timestamp,
) -> anyhow::Result<Option<Job>> {
    let row = credits::insert_return(tx, debit, cause, amount, now).await?;
    Ok(row.map(|credit_id| Job::IssueCredit {
        credit_id,
        attempt: 0,
    }))
}

/// Posts the returns of a purchase's debit that are due. If Stripe does not answer, their jobs do it
/// later.
///
/// # Errors
/// If the database fails.
pub async fn post_returns(engine: &Engine, purchase_id: PurchaseId) -> anyhow::Result<()> {
    for row in credits::returned_of(engine.db.reader(), purchase_id).await? {
        if row.state == CreditState::Due {
            super::issue(engine, row.id).await?;
        }
    }
    Ok(())
}

/// The amount that a change of the balance took, from the change in the customer's favor.
pub(super) fn taken(in_favor: Money) -> anyhow::Result<Money> {
    in_favor.opposite().context("a debit that fits")
}

/// Locks the session and the purchase of a debit, in this order, as events about the session do.
async fn lock(
    tx: &DatabaseTransaction,
    debit: &credit::Model,
) -> anyhow::Result<(Option<checkout_session::Model>, purchase::Model)> {
    let purchase_id = debit.purchase_id.context("the purchase of a debit")?;
    let session = checkout_sessions::lock_of_purchase(tx, purchase_id).await?;
    let purchase = purchases::lock(tx, purchase_id).await?;
    Ok((session, purchase.context("the purchase of a debit")?))
}

/// The confirmed debit is the payment, or what was left of it at the counter. Only the money that was
/// paid beside it can earn a credit (`docs/rules.md` 11).
async fn set_paid(
    engine: &Engine,
    tx: &DatabaseTransaction,
    purchase: &purchase::Model,
    spent: Money,
    now: Timestamp,
) -> anyhow::Result<Option<Job>> {
    let price = purchase.money(purchase.price_cents);
    let money = left_to_pay(price, spent).context("credit of the price at most")?;
    let paid = Paid {
        charged: Total::Asked(money),
        spent,
    };
    let moved = transition(*purchase.state, false, CheckoutEvent::Paid, &paid.charged);
    let row = purchase.clone().into_active_model();
    paid::update(engine, tx, row, moved, &paid, now).await?;
    let purchase_id = purchase.id;
    Ok(moved.counts.then_some(Job::DecideCredit { purchase_id }))
}

/// Ends a purchase whose Checkout session was never requested.
async fn end(
    tx: &DatabaseTransaction,
    purchase: &purchase::Model,
    session: Option<&checkout_session::Model>,
) -> anyhow::Result<()> {
    if purchase.state != PurchaseState::Open {
        return Ok(());
    }
    if let Some(session) = session {
        checkout_sessions::give_up(tx, session, SessionState::Refused).await?;
    }
    purchases::set_expired(tx, purchase.id).await?;
    Ok(())
}
