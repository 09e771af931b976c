//! What a panic says.

use std::any::Any;

/// What somebody panicked with.
pub fn panic_words(panic: &(dyn Any + Send)) -> &str {
    let words = panic.downcast_ref::<String>().map(String::as_str);
    words
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("without words")
}
