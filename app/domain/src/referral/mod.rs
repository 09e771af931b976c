//! Who referred whom, and how that is shown.

mod attribution;
mod code;
mod filter;
mod platform;
mod status;

pub use attribution::{Attribution, Ignored, Referrer, attribute};
pub use code::{CODE_ALPHABET, CODE_LENGTH, ReferralCode};
pub use filter::{Cursor, REFERRALS_PATH, ReferralFilter, Sort, kind_name, kinds};
pub use platform::{
    Candidate, PassedOver, PlatformAttribution, PlatformReferrer, attribute_platform,
    choose_customer, validate_partner,
};
pub use status::{FailureReason, ReferralStatus};
