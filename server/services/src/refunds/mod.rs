//! Refunds and disputes: made by an admin here, or by anybody in Stripe's dashboard. Both end in rows by
//! Stripe's ids, and one function compares them with the purchase, the credit that it spent, and the
//! credit that it earned (`docs/rules.md` 120 to 129).

mod ask;
mod ending;
mod events;
mod left;
mod listed;
mod look;
mod payment;
mod send;
mod sums;
mod told;
mod unknown;

use domain::credit::ReversalCause;
use sea_orm::DatabaseTransaction;
use store::credits::Earned;

pub use ask::{NewRefund, Refunded, Staff, refund};
pub use events::{charge, dispute, refund as refund_event};
pub use left::{Refundable, refundable};
pub use listed::{RefundRow, of_purchase};
pub use look::check;
pub use unknown::{begin, forget_unknown, match_known};

use crate::{Engine, credits::adjust, queue::Job};

/// Takes back all that Stripe has of the credit of a referral, as when it is voided. The caller holds the
/// referral's lock, records the cause on it, and enqueues the jobs. What Stripe was never asked for is left
/// to the caller.
///
/// # Errors
/// If the database fails, or a row cannot be read.
pub async fn reverse_all(
    engine: &Engine,
    tx: &DatabaseTransaction,
    earned: Earned,
    cause: ReversalCause,
) -> anyhow::Result<Vec<Job>> {
    adjust::take_all(tx, earned, cause, engine.now()).await
}
