//! The rules of PewPros Referrals. Pure: no async, no I/O, no clock and no randomness of its own.
//!
//! Every decision about money, attribution or a status is made here and tested here; the other
//! rooms load rows, ask one function of this crate, and write down what it decided.

pub mod account;
pub mod credit;
pub mod forms;
pub mod money;
pub mod notification;
pub mod purchase;
pub mod referral;
pub mod search;
pub mod stripe_keys;
