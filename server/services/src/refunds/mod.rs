//! Refunds and disputes: made by an admin here, or by anybody in Stripe's dashboard. Both end in rows by
//! Stripe's ids, and one function compares them with the purchase, the credit that it spent, and the
//! credit that it earned (`docs/rules.md` 120 to 129).

mod ask;
mod catch_up;
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

pub use ask::{NewRefund, Refunded, Staff, refund};
pub use catch_up::catch_up;
pub use events::{charge, dispute, refund as refund_event};
pub use left::{Refundable, refundable};
pub use listed::{RefundRow, of_purchase};
pub use look::check;
pub use payment::{connection_for, learn};
pub use sums::check_job;
pub use unknown::{begin, forget_unknown, match_known};
