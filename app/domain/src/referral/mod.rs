//! Referrals: codes, attribution, statuses and the console's filter.

mod again;
#[cfg(feature = "server")]
mod attach;
#[cfg(feature = "server")]
mod attribution;
mod attribution_model;
mod code;
mod customer;
mod filter;
#[cfg(feature = "server")]
mod near;
mod pending;
#[cfg(feature = "server")]
mod platform;
#[cfg(feature = "server")]
mod reason;
mod referrer_search;
#[cfg(feature = "server")]
mod retried;
#[cfg(feature = "server")]
mod shared;
mod status;
#[cfg(feature = "server")]
mod timeline;
mod void;
#[cfg(feature = "server")]
mod why;
#[cfg(feature = "server")]
mod why_code;
#[cfg(feature = "server")]
mod why_purchase;
#[cfg(feature = "server")]
mod why_subscription;
#[cfg(feature = "server")]
mod words;

pub use again::PresentSettings;
#[cfg(feature = "server")]
pub use attach::{
    AttachedBy, Friend, Named, NotAttached, REFERRER_DAYS_MAX, attach, may_attach, naming_ends,
};
#[cfg(feature = "server")]
pub use attribution::{Attribution, Ignored, Referrer, attribute};
pub use attribution_model::AttributionModel;
pub use code::{CODE_ALPHABET, CODE_LENGTH, ReferralCode};
pub use customer::{CustomerSource, source_sentence};
pub use filter::{Cursor, REFERRALS_PATH, ReferralFilter, Sort, kind_name, kinds};
#[cfg(feature = "server")]
pub use near::near_codes;
pub use pending::{PaidPurchase, PendingReason};
#[cfg(feature = "server")]
pub use platform::{
    NotAttributed, PlatformAttribution, PlatformReferrer, attribute_platform,
    validate_platform_referrer,
};
#[cfg(feature = "server")]
pub use reason::ReferralReason;
pub use referrer_search::{ListPlace, ReferrerSearch, take_referrer_search};
#[cfg(feature = "server")]
pub use retried::{Retried, RetryAnswer};
#[cfg(feature = "server")]
pub use shared::{channel_in, code_in, code_in_link, codes_in, codes_in_links};
pub use status::{FailureReason, ReferralStatus, status_sentence};
#[cfg(feature = "server")]
pub use timeline::{ReferralStep, TimelineFacts, timeline};
pub use void::{NotVoided, Voiding, may_void};
#[cfg(feature = "server")]
pub use why::{ReferralFacts, Remedy, TypedAtRegister, Verdict, WhyFacts, why};
#[cfg(feature = "server")]
pub use why_code::{CodeStanding, code_standing};
#[cfg(feature = "server")]
pub use why_purchase::{Counted, Earns, counted};
#[cfg(feature = "server")]
pub use why_subscription::{CameWith, SubscriptionFacts, SubscriptionVerdict, why_subscription};
#[cfg(feature = "server")]
pub use words::{REFERRER_WORDS_MAX, referrer_words};
