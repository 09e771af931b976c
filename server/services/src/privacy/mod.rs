//! Deleting an account (`docs/rules.md` 101 to 105), and what is kept for a time alone (106).

mod delete;
pub mod erased;
mod letter;
mod lost;
mod request;
pub mod retention;

pub use delete::delete;
pub use lost::{Lost, lost};
pub use request::{Asked, By, request};
