//! Adds up the refunds and disputes of a purchase, and lets everything follow from that: what goes back to
//! the balance, what is taken back of the credit that was earned, and when Stripe is asked again.

use anyhow::Context;
use domain::{
    credit::{CreditState, ReturnCause, left_to_return},
    money::Money,
    refund::{DisputeState, RefundStatus, next_look},
};
use sea_orm::DatabaseTransaction;
use store::{
    Paid, Timestamp,
    credits::{self, RefundedInvoice},
    disputes,
    entities::{purchase, refund},
    paid::{self, Checks, PaidRow, Sums},
    refunds,
};

use crate::{
    credits::adjust,
    queue::{FollowUps, Job},
};

/// Compares the purchase with its refunds and disputes. The caller holds the purchase's lock, and enqueues
/// what follows.
///
/// # Errors
/// If the database fails, or a row cannot be read.
pub async fn settle(
    tx: &DatabaseTransaction,
    row: PaidRow,
    now: Timestamp,
) -> anyhow::Result<FollowUps> {
    let refunds = refunds::of_purchase(tx, row.paid()).await?;
    let disputes = disputes::of_purchase(tx, row.paid()).await?;
    let mut follow_ups = give_credit_back(tx, &row, &refunds, now).await?;
    let sums = Sums {
        credit_cents: credit_back(tx, row.paid()).await?,
        dispute: DisputeState::of_all(disputes.iter().map(|dispute| *dispute.status)),
        ..add_up(&row, &refunds)
    };
    if sums != row.sums() {
        paid::set_sums(tx, row.paid(), &sums).await?;
    }
    let checks = checks_after(&row, &refunds, now);
    if checks != row.checks() {
        paid::set_checks(tx, row.paid(), checks).await?;
    }
    let row = row.with_sums(&sums);
    follow_ups.append(adjust::of_purchase(tx, &row, now).await?);
    Ok(follow_ups)
}

/// Adds up the money, and what is on its way.
fn add_up(row: &PaidRow, refunds: &[refund::Model]) -> Sums {
    let charged = row.charged_currency();
    let mut sums = Sums::default();
    for refund in refunds {
        // Stripe refunds in the currency that was charged; anything else would add up to nonsense.
        let money = match refund.currency.eq_ignore_ascii_case(charged) {
            true => refund.amount_cents,
            false => 0,
        };
        match *refund.status {
            status if status.counts() => sums.refunded_cents += money,
            status if status.is_open() => sums.pending_cents += money + refund.credit_cents,
            _ => {}
        }
    }
    sums
}

/// The credit that refunds gave back, in cents. It stays with the buyer even if the money of the same
/// refund comes back to the merchant later.
async fn credit_back(tx: &DatabaseTransaction, paid: Paid) -> anyhow::Result<i64> {
    let Paid::Tenant(id) = paid else {
        return Ok(0);
    };
    let mut cents = 0;
    for back in credits::returned_of(tx, id).await? {
        if back.cause.as_deref() == Some(&ReturnCause::Refunded) {
            cents += back.amount()?.in_favor().cents();
        }
    }
    Ok(cents)
}

/// Returns the credit's part of each refund that succeeded, once.
async fn give_credit_back(
    tx: &DatabaseTransaction,
    row: &PaidRow,
    refunds: &[refund::Model],
    now: Timestamp,
) -> anyhow::Result<FollowUps> {
    let mut follow_ups = FollowUps::default();
    let PaidRow::Tenant(purchase) = row else {
        return Ok(follow_ups);
    };
    for refund in refunds {
        if refund.credit_cents <= 0 || !refund.status.counts() {
            continue;
        }
        let token = refund.token.as_deref();
        let token = token.context("the token of a refund that returns credit")?;
        let amount = purchase.money(refund.credit_cents);
        if let Some(credit_id) = insert_return(tx, purchase, token, amount, now).await? {
            follow_ups.add(Job::IssueCredit {
                credit_id,
                attempt: 0,
            });
        }
    }
    Ok(follow_ups)
}

/// Adds the return of one refund; `None` if it was added before, or nothing is left to return.
async fn insert_return(
    tx: &DatabaseTransaction,
    purchase: &purchase::Model,
    token: &str,
    amount: Money,
    now: Timestamp,
) -> anyhow::Result<Option<store::CreditId>> {
    let debit = credits::debit_of(tx, purchase.id).await?;
    let debit = debit.filter(|debit| debit.state == CreditState::Issued);
    let Some(debit) = debit else {
        return insert_of_invoice(tx, purchase, token, amount, now).await;
    };
    let key = debit.key().of_refund(token).context("the key of a debit")?;
    let mut returned = 0;
    for back in credits::returned_of(tx, purchase.id).await? {
        if back.key() == key {
            return Ok(None);
        }
        returned += back.amount()?.in_favor().cents();
    }
    let spent = debit.amount()?.in_favor().opposite();
    let spent = spent.context("a debit that fits")?;
    let returned = Money::new(returned, spent.currency());
    // Never more goes back than was spent.
    let Some(left) = left_to_return(spent, returned) else {
        return Ok(None);
    };
    let amount = Money::new(amount.cents().min(left.cents()), left.currency());
    credits::insert_refund_return(tx, &debit, token, amount, now).await
}

/// Of a membership, Stripe had applied the balance to the invoice: there is no debit of ours.
async fn insert_of_invoice(
    tx: &DatabaseTransaction,
    purchase: &purchase::Model,
    token: &str,
    amount: Money,
    now: Timestamp,
) -> anyhow::Result<Option<store::CreditId>> {
    let account = purchase.stripe_account_id.zip(purchase.mode());
    let (stripe_account_id, mode) = account.context("the account of a purchase on the web")?;
    let new = RefundedInvoice {
        site_id: purchase.site_id,
        buyer_id: purchase.buyer_id,
        purchase_id: purchase.id,
        stripe_account_id,
        mode,
        customer_id: purchase.stripe_customer_id.as_deref(),
        refund: token,
        amount,
        paid_at: purchase.paid_at.unwrap_or(purchase.created_at),
    };
    credits::insert_refunded_invoice(tx, &new, now).await
}

/// When Stripe is asked next: what is due stays due, and a refund that is on its way is asked about.
fn checks_after(row: &PaidRow, refunds: &[refund::Model], now: Timestamp) -> Checks {
    let before = row.checks();
    if before.at.is_some() {
        return before;
    }
    let waits = refunds.iter().filter_map(|refund| {
        let age = now - refund.created_at;
        next_look(*refund.status, 0, age)
    });
    match waits.min() {
        Some(wait) => Checks {
            at: Some(now + wait),
            made: 0,
            look: before.look,
        },
        None if refunds.iter().any(is_ending_due) => Checks {
            at: Some(now),
            made: 0,
            look: before.look,
        },
        None => before,
    }
}

/// Whether Stripe has to be told how a membership ends.
pub fn is_ending_due(refund: &refund::Model) -> bool {
    refund.ending_due && *refund.status != RefundStatus::Requested
}

/// The job that asks Stripe about the purchase.
pub fn check_job(paid: Paid, due_at: Timestamp) -> Job {
    match paid {
        Paid::Tenant(purchase_id) => Job::CheckRefunds {
            purchase_id,
            due_at,
        },
        Paid::Platform(purchase_id) => Job::CheckPlatformRefunds {
            purchase_id,
            due_at,
        },
    }
}
