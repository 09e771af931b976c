//! The last net: a handler that panics.

use std::any::Any;

use anyhow::anyhow;
use axum::response::Response;

use crate::router::plain;

/// Writes the panic down and answers with a plain page.
pub fn on_panic(panic: Box<dyn Any + Send>) -> Response {
    let words = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("without words");
    plain::broken(&anyhow!("a handler panicked: {words}"))
}
