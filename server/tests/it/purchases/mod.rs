//! Buying: from the button to Stripe's page and back.

mod checkout;
mod refusals;
