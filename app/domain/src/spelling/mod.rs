//! Spellings: which letters are the same however they are encoded, cased or accented, and which are
//! not there to be seen.
//!
//! Only the server knows them. The tables behind them would double what a browser loads.

mod fold;
mod name;
mod password;

pub use fold::{fold, fold_domain};
pub use name::{is_invisible, name_complaint, without_invisible};
pub use password::normalized_password;
