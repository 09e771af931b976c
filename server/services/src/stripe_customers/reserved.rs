//! Reads what of a member's credit cannot be used now.

use domain::{
    credit::{Reserved, reserved_for},
    money::Money,
};
use store::{credits::reserved, entities::user, sites::Site};

use crate::Engine;

/// What of the member's credit in the site's currency purchases hold that are not paid yet, or is on its way
/// to the balance.
///
/// # Errors
/// If the database fails, or a row cannot be read.
pub async fn of(engine: &Engine, site: &Site, member: &user::Model) -> anyhow::Result<Reserved> {
    let rows = reserved::of_member(engine.db.reader(), site.id(), member.id).await?;
    let currency = site.currency();
    let mut sum = Reserved::nothing(currency);
    for (row, purchase) in rows.iter().filter(|(row, _)| *row.currency == currency) {
        if let Some(why) = reserved_for(*row.kind, *row.state, *purchase) {
            let cents = row.amount()?.cents().saturating_abs();
            sum.add(why, Money::new(cents, currency));
        }
    }
    Ok(sum)
}
