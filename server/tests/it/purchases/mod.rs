//! Buying: from the button to Stripe's page and back.

mod checkout;
mod one_page;
mod refusals;
mod retrieved;
