//! Credits: when one is due, how it is issued once, and what follows from each answer of Stripe.

mod adjusting;
mod balance;
mod books;
mod decision;
mod grant;
mod hold;
mod issuing;
mod key;
mod kind;
mod lost;
mod moving;
mod no_credit;
mod program;
mod reserved;
mod retry;
mod review;
mod spending;
mod state;
mod statement;
mod stripe_amount;
mod stripe_error;
mod terms;
mod undoing;
mod unusual;

pub use adjusting::{Adjustment, Earned, ReversalCause, settle_shortfalls};
pub use balance::{Balance, MemberBalance};
pub use books::{
    AtStripe, Booked, BookedSum, BooksOutcome, BooksTotals, Difference, DifferenceState, Finding,
    compare, nightly_is_due, opened_by, overcharged, totals,
};
pub use decision::{
    Decision, Friend, Modes, decide, event_is_of_mode, given, is_superseded, other_mode,
};
pub use grant::{NotGiven, NotTaken, may_give, may_take, most_given};
pub use hold::{HOLD_MAX_DAYS, held_until, hold_ends, hold_of_another, is_on_hold};
pub(crate) use issuing::MAX_IN_FLIGHT;
pub use issuing::{
    CreditProgress, KEY_LIFETIME, MAX_CLOCK_SKEW, NextStep, SinceLastAttempt, entries_since,
    key_to_send, next_step, retry_from,
};
pub use key::CreditKey;
pub use kind::CreditKind;
pub use lost::{KeyedChange, LostDebit, lost_debits};
pub use moving::movable;
pub use no_credit::NoCredit;
pub use program::Program;
pub use reserved::{Reserved, ReservedFor, reserved_for};
pub use retry::{Connected, NotRetried, Resume, can_resume, may_retry, resume};
pub use review::{
    MANY_AT_ONCE, NotReviewed, ReviewFrom, ReviewState, Seen, Sign, SignInPlace, Signs,
    is_under_review, review_of,
};
pub use spending::{
    AfterDebit, NotSpendable, Place, ReturnCause, after_debit, credit_at_counter, credit_to_spend,
    differs_from_price, is_as_shown, left_to_return, overdraft,
};
pub use state::CreditState;
pub use statement::{BalanceChange, StatementGap};
pub use stripe_amount::StripeAmount;
pub use stripe_error::{
    AfterError, MAX_ATTEMPTS, MAX_BACKOFF, StripeError, after_debit_error, after_error,
    after_return_error, after_reversal_error, after_unknown_customer, ask_key_from, backoff,
    replays_error,
};
pub use terms::{Cap, CapPeriod, Limits, Terms};
pub use undoing::{NotUndone, Reversal, TakeBack, keeps_credit, may_undo, reversal, take_back};
pub use unusual::unusual_amount;
