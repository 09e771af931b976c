//! Money that comes back: refunds and disputes, and what they mean for the credit that a purchase
//! earned (`docs/rules.md` 120 to 129).

mod consequence;
mod dispute;
mod ending;
mod failure;
#[cfg(test)]
mod schedules;
mod sending;
mod split;
mod status;

pub use consequence::{BeforeIssue, PartialRefunds, Payment};
pub use dispute::{DisputeState, DisputeStatus};
pub use ending::MembershipEnding;
pub use failure::{KEY_NEEDS_ATTENTION, failure_sentence};
pub use sending::{AfterRefundError, after_refund_error, next_look, sent_key, wait_before};
pub use split::{Charged, Left, NotRefundable, Refunding, Split, may_refund, split};
pub use status::RefundStatus;
