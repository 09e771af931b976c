//! Makes a member's purchase paid. Whatever paid for it, it becomes so here, and its receipt is mailed.

use domain::{
    money::Money,
    purchase::{Total, Transition},
};
use sea_orm::{DatabaseTransaction, Set};
use store::{Timestamp, entities::purchase, purchases};

use crate::{Engine, mail};

/// What a buyer paid for a purchase.
pub struct Paid {
    /// What is paid beside `spent`: Stripe's total after discounts and before the customer's balance,
    /// or what is taken at the counter.
    pub charged: Total,
    /// The credit that was debited for it.
    pub spent: Money,
}

/// Writes `row` in the state that `moved` says. If it became paid: what was paid, and the mail with
/// its receipt (`docs/rules.md` 110). Call `wake_workers` after the commit.
///
/// # Errors
/// If the database fails.
pub async fn update(
    engine: &Engine,
    tx: &DatabaseTransaction,
    mut row: purchase::ActiveModel,
    moved: Transition,
    paid: &Paid,
    now: Timestamp,
) -> anyhow::Result<purchase::Model> {
    row.state = Set(moved.state.into());
    let Some(check) = moved.credit_check() else {
        return Ok(purchases::update(tx, row).await?);
    };
    row.paid_at = Set(Some(now));
    row.credit_check = Set(check.into());
    match &paid.charged {
        Total::Asked(charged) => {
            row.paid_cents = Set(Some(charged.cents() + paid.spent.cents()));
        }
        Total::Foreign(amount) => {
            row.foreign_amount = Set(Some(amount.units()));
            row.foreign_currency = Set(Some(amount.code().to_owned()));
        }
    }
    if paid.spent.is_positive() {
        row.credit_used_cents = Set(Some(paid.spent.cents()));
    }
    let row = purchases::update(tx, row).await?;
    mail::write_receipt(engine, tx, &row).await?;
    Ok(row)
}
