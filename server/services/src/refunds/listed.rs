//! The refunds of a purchase, for pages.

use domain::{
    foreign_amount::ForeignAmount,
    money::{Currency, Money},
    refund::RefundStatus,
};
use store::{Paid, Reader, Scope, Timestamp, entities::refund, paid, refunds};

/// A refund as a page lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundRow {
    /// What goes back to the card: `$25.00`, `18,000 JPY`.
    pub card: String,
    /// What goes back to the balance.
    pub credit: Option<Money>,
    pub status: RefundStatus,
    /// Stripe's code for why it was refused or failed.
    pub failure: Option<String>,
    /// Who asked for it; `None` if it was made in Stripe's dashboard.
    pub by: Option<String>,
    pub reason: Option<String>,
    pub made_at: Timestamp,
}

/// The refunds of this purchase of the scope, newest first.
///
/// # Errors
/// If the database fails, or a row cannot be read.
pub async fn of_purchase(
    db: &Reader,
    scope: Scope,
    purchase: Paid,
) -> anyhow::Result<Vec<RefundRow>> {
    let Some(row) = paid::of_scope(db, scope, purchase).await? else {
        return Ok(Vec::new());
    };
    let rows = refunds::of_purchase(db, purchase).await?;
    let actors = refunds::actors(db, &rows).await?;
    let listed = rows.into_iter().rev().map(|refund| {
        let credit = row.money(refund.credit_cents);
        RefundRow {
            card: amount(&refund),
            credit: credit.is_positive().then_some(credit),
            status: *refund.status,
            by: refund.actor_id.and_then(|id| actors.get(&id).cloned()),
            made_at: refund.created_at,
            failure: refund.failure,
            reason: refund.reason,
        }
    });
    Ok(listed.collect())
}

fn amount(refund: &refund::Model) -> String {
    let (cents, code) = (refund.amount_cents, refund.currency.as_str());
    match Currency::parse(code) {
        Some(currency) => Money::new(cents, currency).to_string(),
        None => ForeignAmount::new(cents, code).map_or_else(
            || format!("{cents} {}", code.to_uppercase()),
            |amount| amount.to_string(),
        ),
    }
}
