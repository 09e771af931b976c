//! The rows of each table. Conventions of units: see the crate `migration`.

pub mod credit;
pub mod notification;
pub mod product;
pub mod purchase;
pub mod referral;
pub mod session;
pub mod site;
pub mod site_host;
pub mod site_settings;
pub mod stripe_account;
pub mod stripe_event;
pub mod user;
