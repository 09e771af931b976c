//! Tests that the stand-in behaves as Stripe does, request by request, over HTTP.

mod balance;
mod checkout;
mod client;
mod coupons;
mod disputes;
mod emails;
mod faults;
mod idempotency;
mod latency;
mod least_charge;
mod parameters;
mod pay_page;
mod portal;
mod refunds;
mod renewals;
mod search;
mod seed;
mod session;
mod stores;
mod subscriptions;
mod webhook_endpoints;
mod webhook_receiver;
mod webhooks;
