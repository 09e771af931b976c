//! Reads the columns of a payment in another currency.

use domain::foreign_amount::ForeignAmount;
use sea_orm::DbErr;

/// The amount of both columns; `None` if nothing was paid in another currency.
pub fn foreign_amount(
    units: Option<i64>,
    code: Option<&str>,
) -> Result<Option<ForeignAmount>, DbErr> {
    let Some((units, code)) = units.zip(code) else {
        return Ok(None);
    };
    let unreadable = || DbErr::Type(format!("{code:?} is not a currency code"));
    ForeignAmount::new(units, code)
        .map(Some)
        .ok_or_else(unreadable)
}
