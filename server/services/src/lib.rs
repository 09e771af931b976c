//! The use cases of the product: purchases, credits, accounts, Stripe accounts and events, and the
//! jobs that carry them out. The web and the mobile API call these same functions.

pub mod accounts;
pub mod api_docs;
pub mod attention;
pub mod attention_digest;
pub mod books;
pub mod catalog;
pub mod confirmed_friends;
pub mod credits;
mod engine;
pub mod grants;
pub mod holds;
pub mod idempotency;
pub mod jobs;
pub mod live;
pub mod mail;
pub mod memberships;
pub mod migrate;
pub mod notifications;
pub mod operator;
pub mod pending_referrals;
pub mod platform_referrers;
pub mod privacy;
pub mod purchases;
pub mod queue;
pub mod readiness;
mod referral_mails;
pub mod referrals;
pub mod refunds;
pub mod respellings;
pub mod reviews;
pub mod rights;
pub mod secrets;
pub mod settings;
pub mod site_logo;
pub mod site_profile;
pub mod stale_form;
pub mod stripe_accounts;
pub mod stripe_customers;
pub mod stripe_events;
pub mod team;
pub mod terms;
pub mod voids;

pub use engine::Engine;
