//! What happens to every request before a handler sees it.

mod visit;

pub use visit::Visit;
