//! A stand-in for Stripe: in memory, on 127.0.0.1 only, for development and tests.
//!
//! Start one inside a tokio runtime with [`start`], point the program under test at
//! [`StandIn::base_url`], and control it with the methods of [`StandIn`]. Tests in other languages
//! use the same controls as JSON under `/_control/` (see README.md).

#![recursion_limit = "256"]

mod api;
mod authentication;
mod billing;
mod call;
mod checkout;
mod clock;
mod contract;
mod control;
mod dashboard;
mod delivery;
mod error;
mod faults;
mod form;
mod id;
mod internal;
mod page;
mod passing;
mod pay;
mod payments;
mod portal;
mod request;
mod seed;
mod serve;
mod stand_in;
mod state;
mod store;
mod store_file;
mod types;

pub use serve::start;
pub use stand_in::StandIn;
pub use types::{
    AsyncPaymentResult, CancelWhen, ControlError, Delivery, DeliveryPlan, DisputeKind,
    DisputeStatus, Endpoint, Fault, FaultKind, Options, PaymentStatus, ReceivedRequest, RefundPlan,
    RefundStatus, ReleaseOrder, Seed, SeedCustomer, SeedPayment, SeedTransaction,
};
