//! Accounts: e-mail addresses, roles and rights, and the two kinds of site.

mod email;
mod rights;
mod role;
mod site;

pub use email::{EMAIL_MAX, Email};
pub use rights::Rights;
pub use role::Role;
pub use site::SiteKind;
