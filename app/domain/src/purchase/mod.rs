//! Purchases: what is sold, and how a purchase goes from open to paid.

mod plan;
mod product;
mod session;
mod state;
mod transition;

pub use plan::{Plan, plan_total};
pub use product::ProductKind;
pub use session::{
    OpenSession, Awaited, NotListed, OPEN_AT_MOST, SessionState, Terms, WAITED_AT_MOST,
    reuse_of, next_check, not_listed, sent_at_latest,
};
pub use state::{CheckoutEvent, PurchaseState, state_after, counts_as_purchase, left_to_pay};
pub use transition::{CreditCheck, Transition, transition};
