//! The rules of PewPros Referrals. Pure: no async, no I/O, no clock and no randomness of its own.
//!
//! Every decision about money, attribution or a status is made and tested here. The other crates
//! load rows, call one function of this crate, and store its decision.

pub mod account;
pub mod attention;
pub mod credit;
pub mod foreign_amount;
pub mod forms;
pub mod log_filter;
pub mod mail;
#[cfg(feature = "server")]
pub mod mobile_apps;
pub mod money;
pub mod notification;
pub mod policy;
#[cfg(feature = "server")]
pub mod preview;
pub mod purchase;
pub mod referral;
pub mod refund;
#[cfg(feature = "server")]
pub mod search;
#[cfg(feature = "server")]
pub mod sharing;
#[cfg(feature = "server")]
pub mod site_profile;
#[cfg(feature = "server")]
pub mod spelling;
pub mod stripe_keys;
