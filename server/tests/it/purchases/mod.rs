//! Buying: from the button to Stripe's page and back.

mod checkout;
mod confirmed_friends;
mod forgotten_pages;
mod free;
mod late_pages;
mod one_page;
mod refusals;
mod retrieved;
pub mod spending;
