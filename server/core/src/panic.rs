//! Reads the message of a caught panic.

use std::any::Any;

/// The message of a panic, or "without words" if its payload is not text.
pub fn panic_words(panic: &(dyn Any + Send)) -> &str {
    let words = panic.downcast_ref::<String>().map(String::as_str);
    words
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("without words")
}
