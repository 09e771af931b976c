//! A stand-in for Stripe: in memory, loopback only, for development and tests.
//!
//! Start one inside a tokio runtime with [`start`], point the program under test at
//! [`StandIn::base_url`], and steer it through the methods of [`StandIn`]. The same controls are
//! served as JSON under `/_control/` (see README.md) for tests in other languages.

#![recursion_limit = "256"]

mod account;
mod accounts;
mod balance;
mod book_file;
mod checkout;
mod checkout_finish;
mod checkout_items;
mod checkout_money;
mod checkout_object;
mod clock;
mod contract;
mod control;
mod coupons;
mod customers;
mod deliveries;
mod delivery_attempt;
mod delivery_wait;
mod error;
mod events;
mod execute;
mod expand;
mod faults;
mod form;
mod gate;
mod handle;
mod id;
mod idempotency;
mod list;
mod metadata;
mod pay_html;
mod pay_page;
mod prices;
mod products;
mod refunds;
mod reply;
mod routes;
mod seed;
mod serve;
mod signature;
mod store;
mod table;
mod types;
mod world;

pub use handle::StandIn;
pub use serve::start;
pub use types::{
    Delivery, DeliveryPlan, Endpoint, Fault, FaultKind, How, Options, Order, Problem, Received,
    Seed, SeedCustomer, SeedTransaction, Settlement,
};
