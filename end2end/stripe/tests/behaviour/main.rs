//! Holds the stand-in to Stripe's behaviour, call by call, over HTTP.

mod balance;
mod caller;
mod checkout;
mod faults;
mod idempotency;
mod isolation;
mod pace;
mod parameters;
mod pay_page;
mod seed;
mod shop;
mod webhooks;
