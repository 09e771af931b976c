//! What is seen of a referral before its credit is decided, where the program has a review (`docs/rules.md` 163
//! to 172). It is read outside of the transaction that decides.

mod cards;
mod disposable_address;
mod platform;
mod tenant;

use domain::{credit::Signs, purchase::CreditCheck};
use store::{
    Paid,
    paid::{self, PaidRow},
};

use crate::Engine;

/// The most friends of a referrer, the last ones, that are compared with one of them.
const FRIENDS: u64 = 100;
/// The most payments of those.
const PAYMENTS: u64 = 100;

/// The signs that the referral of who paid is one person's; none where the program has no review, or nothing
/// is to be decided.
///
/// # Errors
/// If the database fails, or Stripe does not say which card paid. The purchase then stays in the outbox, and
/// the sweep enqueues it again.
pub async fn look(engine: &Engine, paid: Paid) -> anyhow::Result<Signs> {
    let db = engine.db.reader();
    if let Paid::Tenant(id) = paid
        && !paid::is_to_review(db, id).await?
    {
        return Ok(Signs::default());
    }
    let row = paid::by_id(db, paid).await?;
    let due = row.filter(|row| row.decision().0 == CreditCheck::Due);
    let seen = match &due {
        Some(PaidRow::Tenant(purchase)) => tenant::look(engine, purchase).await?,
        Some(PaidRow::Platform(purchase)) => platform::look(engine, purchase).await?,
        None => None,
    };
    Ok(seen.map(|seen| seen.signs()).unwrap_or_default())
}
