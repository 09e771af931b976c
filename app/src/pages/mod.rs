//! One file per page; rendered on the server alone.

mod plain;

pub use plain::{broken_page, unknown_host_page};
