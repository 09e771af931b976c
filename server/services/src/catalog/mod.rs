//! The catalog, as an admin changes it. Each change leaves a line in the audit log.

mod save;
mod withdraw;

pub use save::{add, change};
pub use withdraw::set_withdrawn;

/// The refusal for an id that this site does not have, whether another site has it or not.
const UNKNOWN: &str = "There is no such product here.";

/// `audit_log.subject` of the product with this name.
fn subject(name: &str) -> String {
    format!("Product {name}")
}
