//! Credits: when one is due, how it is issued once, and what follows from each answer of Stripe.

mod balance;
mod decision;
mod issuing;
mod retry;
mod state;
mod stripe_amount;

pub use balance::{Balance, MemberBalance};
pub use decision::{
    CreditKey, Decision, Modes, Program, decide, event_is_of_mode, given, is_superseded, other_mode,
};
pub(crate) use issuing::MAX_IN_FLIGHT;
pub use issuing::{
    SinceLastAttempt, MAX_CLOCK_SKEW, CreditProgress, StripeError, KEY_LIFETIME, MAX_BACKOFF, MAX_ATTEMPTS, NextStep,
    AfterError, after_error, after_unknown_customer, ask_key_from, backoff, entries_since,
    key_to_send, next_step, retry_from, replays_error,
};
pub use retry::{Connected, Resume, NotRetried, can_resume, resume, may_retry};
pub use state::CreditState;
pub use stripe_amount::StripeAmount;
