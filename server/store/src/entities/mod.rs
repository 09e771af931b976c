//! The rows of each table. The crate `migration` explains the units.

pub mod api_token;
pub mod audit_entry;
pub mod checkout_session;
pub mod credit;
pub mod database_location;
pub mod idempotency_key;
pub mod notification;
pub mod platform_purchase;
pub mod platform_referral;
pub mod platform_referrer;
pub mod platform_settings;
pub mod product;
pub mod purchase;
pub mod referral;
pub mod referral_code;
pub mod referral_count;
pub mod search_word;
pub mod session;
pub mod site;
pub mod site_host;
pub mod site_settings;
pub mod stripe_account;
pub mod stripe_customer;
pub mod stripe_event;
pub mod user;
pub mod write_probe;
