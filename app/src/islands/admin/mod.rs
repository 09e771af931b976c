//! The living parts of the console.

mod catalogue;
mod cents_field;
mod controls;
mod focus;
mod member_search;
mod payments;
mod platform_referrers;
mod referrals;
mod stats;

pub use catalogue::{ProductForm, WithdrawButton};
pub use member_search::MemberSearch;
pub use payments::{SettingsForm, StripeSection};
pub use platform_referrers::PartnersStart;
pub use referrals::Referrals;
