//! What people see: pages rendered on the server, islands that also run in the browser.
//!
//! Compiled twice. With `ssr` it renders every page; with `hydrate` only the islands, the addresses
//! of the server functions and the types they share reach the browser.

// A page is one nested type; the compiler looks deeper into it than its usual limit.
#![recursion_limit = "256"]

pub mod islands;
pub mod server_fns;
pub mod types;

#[cfg(feature = "ssr")]
mod app;
#[cfg(feature = "ssr")]
pub mod components;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod ports;

#[cfg(feature = "ssr")]
pub use app::{PlatformRoutes, TenantRoutes, shell};
#[cfg(feature = "ssr")]
pub use pages::{broken_page, unknown_host_page};
