//! The living parts of the console.

use std::time::Duration;

mod catalogue;
mod cents_field;
mod controls;
mod focus;
mod member_search;
mod payments;
mod platform_referrers;
mod referrals;
mod thousands;

pub use catalogue::{ProductForm, WithdrawButton};
pub use member_search::MemberSearch;
pub use payments::{SettingsForm, StripeSection};
pub use platform_referrers::PartnersStart;
pub use referrals::Referrals;

/// How long a person must pause in typing before a search asks the server.
const TYPING_PAUSE: Duration = Duration::from_millis(200);
