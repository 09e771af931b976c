//! Accounts: e-mail addresses, roles and rights, and the two kinds of site.

mod brand;
mod email;
mod rights;
mod role;
mod site;

pub use brand::brand_of;
pub use email::{EMAIL_MAX, Email};
pub use rights::Rights;
pub use role::Role;
pub use site::SiteKind;
