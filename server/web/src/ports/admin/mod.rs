//! The console's ports: what an admin does. Each function first checks the right that it needs.

pub mod attention;
mod catalog;
mod customers;
pub mod mail;
mod members;
mod orders;
pub mod platform_referrers;
mod referrals;
mod settings;

use app::types::Outcome;
use domain::forms::Refusal;

/// The answer to a visitor who lacks the right.
pub fn not_yours() -> Outcome {
    refused("Only an admin may do this. Sign in as one, and try again.")
}

/// A refusal that concerns the form as a whole.
fn refused(message: impl Into<String>) -> Outcome {
    Outcome::Refused(Refusal::message(message))
}
