//! What a receipt tells of money, on its page and in the mail.

use domain::{
    foreign_amount::ForeignAmount,
    money::Money,
    purchase::{MoneyBack, left_to_pay},
};
use sea_orm::DbErr;
use store::entities::purchase;

/// The amounts of a receipt beside the price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amounts {
    /// The part of the price that credit paid; `None` if none did, and while it is unknown.
    pub credit: Option<Money>,
    /// What was paid beyond the credit, `$45.00`, also in another currency than the price's; `None`
    /// while unknown.
    pub paid: Option<String>,
}

/// The amounts of a purchase.
///
/// # Errors
/// If a stored currency cannot be read.
pub fn amounts(row: &purchase::Model) -> Result<Amounts, DbErr> {
    let credit = row.credit_used_cents.map(|cents| row.money(cents));
    Ok(Amounts {
        credit: credit.filter(|credit| credit.is_positive()),
        paid: paid(row)?,
    })
}

/// What went back of a purchase.
///
/// # Errors
/// If a stored currency cannot be read.
pub fn money_back(row: &purchase::Model) -> Result<MoneyBack, DbErr> {
    let cents = Some(row.refunded_cents).filter(|cents| *cents > 0);
    let card = match (cents, row.foreign()?) {
        (None, _) => None,
        (Some(cents), Some(paid)) => {
            let back = ForeignAmount::new(cents, paid.code());
            back.map(|back| back.to_string())
        }
        (Some(cents), None) => Some(row.money(cents).to_string()),
    };
    let credit = Some(row.money(row.refunded_credit_cents));
    let back = row.given_back();
    Ok(MoneyBack {
        card,
        credit: credit.filter(|credit| credit.is_positive()),
        is_whole: back.is_whole,
        pending: back.pending,
    })
}

fn paid(row: &purchase::Model) -> Result<Option<String>, DbErr> {
    if let Some(foreign) = row.foreign()? {
        return Ok(Some(foreign.to_string()));
    }
    let Some(total) = row.paid_cents.map(|cents| row.money(cents)) else {
        return Ok(None);
    };
    let may_spend_balance = row.kind.spends_balance() && !row.in_person;
    let paid = match (row.credit_used_cents, may_spend_balance) {
        (Some(used), _) => left_to_pay(total, row.money(used)),
        (None, true) => None,
        (None, false) => Some(total),
    };
    Ok(paid.map(|paid| paid.to_string()))
}
