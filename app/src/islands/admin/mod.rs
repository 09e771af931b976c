//! The islands of the console.

use std::time::Duration;

mod address;
mod catalog;
mod cents_field;
mod controls;
mod member_search;
mod newer_orders;
mod payments;
mod platform_referrers;
mod referrals;
mod thousands;

pub use catalog::{ProductForm, WithdrawButton};
#[cfg(feature = "ssr")]
pub use controls::text_area_content;
pub use member_search::MemberSearch;
pub use newer_orders::NewerOrders;
pub use payments::{SettingsForm, StripeSection};
pub use platform_referrers::ReferrersStart;
pub use referrals::Referrals;

/// How long a person must pause in typing before a search asks the server.
const TYPING_PAUSE: Duration = Duration::from_millis(200);
