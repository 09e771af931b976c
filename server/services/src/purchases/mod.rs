//! Purchases: through Checkout, at the counter, or as a subscription to a brand.

pub mod applied;
pub(crate) mod balance_claim;
pub mod checkout;
pub mod counter_sale;
pub mod paid;
mod payable;
pub mod platform_sales;
pub mod receipt;
pub mod subscriptions;
mod up_to_date;

pub use payable::{OpenPage, open_pages};
pub use up_to_date::{brought_up_to_date, learn_credit_used, with_balance_used, with_credit_used};
