//! The shapes that pages, server functions and islands share.

mod account;
mod catalogue;
pub mod local;
mod notification;
mod outcome;
mod purchase;
mod referral;

pub use account::Member;
pub use catalogue::{Product, SiteBrand, SiteKind};
pub use notification::Notification;
pub use outcome::Outcome;
pub use purchase::Purchase;
pub use referral::{Balance, ReferralCard, ReferralLine};
