//! Reads the columns of a payment in another currency.

use domain::foreign_amount::ForeignAmount;
use sea_orm::DbErr;

/// The amount of both columns; `None` if nothing was paid in another currency.
///
/// # Errors
/// If only one of them is set, or the code is no currency code.
pub fn foreign_amount(
    units: Option<i64>,
    code: Option<&str>,
) -> Result<Option<ForeignAmount>, DbErr> {
    let amount = match (units, code) {
        (None, None) => return Ok(None),
        (Some(units), Some(code)) => ForeignAmount::new(units, code),
        (Some(_), None) | (None, Some(_)) => None,
    };
    let unreadable = || DbErr::Type(format!("{units:?} {code:?} is not an amount"));
    amount.map(Some).ok_or_else(unreadable)
}
