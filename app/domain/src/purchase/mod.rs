//! Purchases: what is sold, and how a purchase goes from open to paid.

mod plan;
mod product;
mod session;
mod state;
mod transition;

pub use plan::{Plan, plan_total};
pub use product::ProductKind;
pub use session::{
    Again as CheckoutAgain, Awaited, NotListed, OPEN_AT_MOST, SessionState, Terms, WAITED_AT_MOST,
    asked_again, next_check, not_listed, sent_at_latest,
};
pub use state::{CheckoutNews, PurchaseState, after_news, counts_as_purchase, left_to_pay};
pub use transition::{CreditCheck, Transition, transition};
