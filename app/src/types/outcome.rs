//! The answer to a form. A refusal that a person can cause is a value, never an error: Leptos
//! answers 500 for any `Err`.

use domain::forms::Refusal;
use serde::{Deserialize, Serialize};

/// What a form is told whose sender is not signed in any more.
pub const SESSION_ENDED: &str = "Your session has ended. Sign in again.";

/// What became of a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// Done; the browser goes to this address next (a path of this site, or Stripe's page).
    Go(String),
    /// Done, and the page stays: it says this, and reads again what it shows.
    Done(String),
    /// Not taken; the form stays as it was typed, with these complaints.
    Refused(Refusal),
}
