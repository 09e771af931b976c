//! Purchases: what is sold, and how a purchase goes from open to paid.

mod given_back;
mod money_back;
mod orders;
mod plan;
mod product;
mod session;
mod state;
mod subscription;
mod subscription_filter;
mod total;
mod transition;
mod upcoming;

pub use given_back::{GivenBack, badge, label};
pub use money_back::MoneyBack;
pub use orders::{ORDERS_PATH, OrderCursor, OrderFilter, SoughtOrder};
pub use plan::Plan;
pub use product::ProductKind;
pub use session::{
    Awaited, NotListed, OPEN_AT_MOST, OpenSession, SessionState, Terms, WAITED_AT_MOST, next_check,
    not_listed, reuse_of, sent_at_latest,
};
pub use state::{CheckoutEvent, PurchaseState, counts_as_purchase, left_to_pay, state_after};
pub use subscription::{Standing, StandingFilter, Subscribed, SubscriptionStatus, ended_in_hold};
pub use subscription_filter::{SUBSCRIPTIONS_PATH, SubscriptionFilter};
pub use total::{Total, plan_total, purchase_total};
pub use transition::{CreditCheck, Transition, transition};
pub use upcoming::{EVENT_BEGUN, Listed, has_begun, next_event, related};
