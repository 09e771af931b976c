//! The user interface: pages rendered on the server, and islands that also run in the browser.
//!
//! It is compiled three times: with `ssr` for the server, which renders every page, and with `hydrate` for
//! the browser, which gets only the islands, the paths of the server functions and their types. The islands of
//! the console come with `console`: only its pages load them.

// A page is one deeply nested type, which exceeds the default limit.
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
