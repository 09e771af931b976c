//! The console's ports: what the staff does. Each function first checks the permission that it needs.

pub mod attention;
mod books;
mod catalog;
mod customers;
mod general;
pub mod mail;
pub mod members;
mod money;
mod orders;
pub mod platform_referrers;
mod referrals;
pub mod settings;
mod shared_addresses;
mod stripe_ids;
mod subscriptions;
mod team;

use app::types::Outcome;
use domain::forms::Refusal;

/// The answer to a visitor without the permission.
pub fn not_yours() -> Outcome {
    refused("Your role may not do this. Ask an owner of the site.")
}

/// A refusal that concerns the form as a whole.
fn refused(message: impl Into<String>) -> Outcome {
    Outcome::Refused(Refusal::message(message))
}
