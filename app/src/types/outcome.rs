//! The answer to a form. A refusal that a person can cause is a value, not an error, because Leptos
//! answers every `Err` with status 500.

use domain::forms::Refusal;
use serde::{Deserialize, Serialize};

/// The only sentence about an error of ours (status 500); its cause is in the log.
pub const INTERNAL_ERROR: &str = "Something went wrong on our side. Try again in a minute.";
/// The answer where too many passwords wait to be hashed (status 503).
pub const BUSY: &str = "Too many people are signing in right now. Try again in a few seconds.";
/// The answer to a form whose sender is not signed in any more.
pub const SESSION_ENDED: &str = "Your session has ended. Sign in again.";

/// What the server did with a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// It was accepted; the browser goes to this address (a path of this site, or Stripe's page).
    Go(String),
    /// It was accepted and the page stays: it shows this sentence and refreshes its content.
    Done(String),
    /// It was refused; the form stays as it was typed, with these errors.
    Refused(Refusal),
}
