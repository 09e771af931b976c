//! Stripe in every trouble, at every call that the two programs make: each ends in exactly one
//! credit for each one due, in the right status with its reason, and leaves nothing to do.
//!
//! Stripe's Search, which lags behind, is none of these calls: we list customers and entries, and
//! `search` holds us to it.

mod call;
mod checkout;
mod credit;
mod keys;
pub mod owed;
mod ping;
mod platform;
mod queue;
mod reads;
mod search;
mod tenant;
mod trouble;

pub use call::Call;
pub use trouble::Trouble;
