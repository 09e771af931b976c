//! What is left to refund of a purchase.

use domain::refund::{Left, NotRefundable, Refunding, may_refund};
use sea_orm::ConnectionTrait;
use store::{Paid, Scope, credits, paid, paid::PaidRow, refunds};

use crate::{Engine, purchases::with_balance_used};

/// What can be refunded of a purchase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refundable {
    pub left: Left,
    /// A membership or a plan, which ends with the refund or goes on.
    pub is_membership: bool,
}

/// What is left to refund of this purchase of the scope.
///
/// # Errors
/// If the database fails, or a row cannot be read. What keeps it from being refunded is a value.
pub async fn refundable(
    engine: &Engine,
    scope: Scope,
    purchase: Paid,
) -> anyhow::Result<Result<Refundable, NotRefundable>> {
    let row = match known(engine, scope, purchase).await? {
        Ok(row) => row,
        Err(why) => return Ok(Err(why)),
    };
    let left = match left_of(engine.db.reader(), &row).await? {
        Ok(left) => left,
        Err(why) => return Ok(Err(why)),
    };
    if !left.all().is_positive() {
        return Ok(Err(NotRefundable::NothingLeft));
    }
    Ok(Ok(Refundable {
        left,
        is_membership: is_membership(&row),
    }))
}

/// The purchase, with what the balance paid of it.
pub async fn known(
    engine: &Engine,
    scope: Scope,
    purchase: Paid,
) -> anyhow::Result<Result<PaidRow, NotRefundable>> {
    let Some(row) = paid::of_scope(engine.db.reader(), scope, purchase).await? else {
        return Ok(Err(NotRefundable::Unknown));
    };
    let PaidRow::Tenant(purchase) = row else {
        return Ok(Ok(row));
    };
    let needed = PaidRow::Tenant(purchase.clone()).may_have_spent_balance();
    let is_paid = purchase.paid_at.is_some() && purchase.paid_cents.is_some();
    if !(needed && is_paid) {
        return Ok(Ok(PaidRow::Tenant(purchase)));
    }
    let learned = with_balance_used(engine, purchase).await?;
    let learned = learned.map(PaidRow::Tenant);
    Ok(learned.ok_or(NotRefundable::Unanswered))
}

/// A membership or a plan, which Stripe bills.
pub fn is_membership(row: &PaidRow) -> bool {
    row.subscription().is_some()
}

/// What is left to refund, by what is known here.
pub async fn left_of(
    db: &impl ConnectionTrait,
    row: &PaidRow,
) -> anyhow::Result<Result<Left, NotRefundable>> {
    let (mut money, mut credit) = (0, 0);
    for refund in refunds::of_purchase(db, row.paid()).await? {
        let same = refund.currency.eq_ignore_ascii_case(row.charged_currency());
        if same && (refund.status.is_open() || refund.status.counts()) {
            money += refund.amount_cents;
        }
        // What succeeded is in the ledger.
        if refund.status.is_open() {
            credit += refund.credit_cents;
        }
    }
    if let PaidRow::Tenant(purchase) = row {
        for back in credits::returned_of(db, purchase.id).await? {
            credit += back.amount()?.in_favor().cents();
        }
    }
    Ok(may_refund(&Refunding {
        state: row.state(),
        in_person: row.in_person(),
        charged: row.charged(),
        money_back: row.money(money),
        credit_back: row.money(credit),
        dispute: row.dispute(),
    }))
}
