//! The books: Stripe's balances held against the ledger, and what the ledger adds up to.

mod compare;
mod difference;
mod nightly;
mod outcome;
mod overcharge;
mod sums;

pub use compare::{AtStripe, Booked, Finding, compare, opened_by};
pub use difference::{Difference, DifferenceState};
pub use nightly::nightly_is_due;
pub use outcome::BooksOutcome;
pub use overcharge::overcharged;
pub use sums::{BookedSum, BooksTotals, totals};
