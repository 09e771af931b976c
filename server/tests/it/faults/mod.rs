//! Every fault of Stripe at every call that earning a credit needs, in both programs. Each case ends in exactly one
//! credit for each one due, in the right status with its reason, and leaves nothing to do.
//!
//! None of these calls uses Stripe's Search, which lags behind: we list customers and balance
//! transactions. The module `search` asserts that.

mod call;
mod calls;
mod checkout;
mod credit;
mod keys;
pub mod owed;
mod ping;
mod platform;
mod queue;
mod reads;
mod tenant;
mod trouble;

pub use call::Call;
pub use trouble::Trouble;
