//! The HTTP side of the product: the pages, the mobile API and Stripe's webhook endpoint.

pub mod api;
mod csv_file;
mod error_page;
mod if_none_match;
pub mod listen;
pub mod middleware;
mod network;
pub mod ports;
mod rights;
pub mod router;
mod sign_in;
mod site_look;
pub mod state;
mod timed_body;
mod webhook;
