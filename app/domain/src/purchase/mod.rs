//! Purchases: what is sold, and how a purchase goes from open to paid.

mod plan;
mod product;
mod session;
mod state;
mod transition;

pub use plan::{Plan, plan_total};
pub use product::ProductKind;
pub use session::{
    Awaited, NotListed, OPEN_AT_MOST, OpenSession, SessionState, Terms, WAITED_AT_MOST, next_check,
    not_listed, reuse_of, sent_at_latest,
};
pub use state::{
    CheckoutEvent, PurchaseState, counts_as_purchase, left_to_pay, purchase_total, state_after,
};
pub use transition::{CreditCheck, Transition, transition};
