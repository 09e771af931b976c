//! A stand-in for Stripe: in memory, loopback only, for development and tests.
//!
//! Start one inside a tokio runtime with [`start`], point the program under test at
//! [`StandIn::base_url`], and steer it through the methods of [`StandIn`]. The same controls are
//! served as JSON under `/_control/` (see README.md) for tests in other languages.

#![recursion_limit = "256"]

mod account;
mod api;
mod book_file;
mod books;
mod call;
mod checkout;
mod clock;
mod contract;
mod control;
mod delivery;
mod error;
mod faults;
mod form;
mod handle;
mod id;
mod pay;
mod request;
mod seed;
mod serve;
mod types;
mod world;

pub use handle::StandIn;
pub use serve::start;
pub use types::{
    Delivery, DeliveryPlan, Endpoint, Fault, FaultKind, How, Options, Order, Problem, Received,
    Seed, SeedCustomer, SeedTransaction, Settlement,
};
