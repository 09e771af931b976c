//! The shapes that pages, server functions and islands share.

mod account;
pub mod admin;
mod catalogue;
pub mod local;
mod notification;
mod outcome;
mod platform;
mod purchase;
mod referral;

pub use account::{Device, Member};
pub use catalogue::{DatabaseKind, Product, SiteBrand};
pub use notification::News;
pub use outcome::{Outcome, SESSION_ENDED};
pub use platform::PlatformReceipt;
pub use purchase::{BegunBefore, Purchase, PurchaseLine};
pub use referral::{ReferralCard, ReferralLine};
