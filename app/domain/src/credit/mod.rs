//! Credits: when one is due, how it is issued once, and what follows from each answer of Stripe.

mod balance;
mod decision;
mod issuing;
mod retry;
mod state;
mod stripe_amount;

pub use balance::{Balance, MemberBalance};
pub use decision::{
    CreditKey, Decision, Modes, Program, decide, event_is_of_mode, given, gives_way, other_mode,
};
pub(crate) use issuing::UNDER_WAY;
pub use issuing::{
    Again, CLOCKS_APART, CreditProgress, Fault, KEY_MEMORY, LONGEST_WAIT, MAX_ATTEMPTS, NextStep,
    Verdict, after_fault, after_unknown_customer, ask_key_from, backoff, entries_since,
    key_to_send, next_step, retry_from, spoils_key,
};
pub use retry::{Connected, GoesOn, NotRetried, can_go_on, goes_on, may_retry};
pub use state::CreditState;
pub use stripe_amount::StripeAmount;
