//! Accounts: e-mail addresses, roles and rights, and the two kinds of site.

mod brand;
mod email;
mod released;
mod rights;
mod role;
mod session;
mod site;

pub use brand::brand_of;
pub use email::{EMAIL_MAX, Email};
pub use released::{is_released, released_address, shown_address};
pub use rights::Rights;
pub use role::Role;
pub use session::SessionLimits;
pub use site::SiteKind;
