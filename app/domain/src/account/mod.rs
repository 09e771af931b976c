//! Accounts: e-mail addresses, roles and permissions, and the two kinds of site.

mod brand;
mod deletion;
#[cfg(feature = "server")]
mod email;
#[cfg(feature = "server")]
mod initials;
#[cfg(feature = "server")]
mod password;
mod permission;
mod recent_password;
mod released;
mod rights;
mod role;
mod second_factor;
mod security_event;
mod session;
mod site;
pub mod team;
mod throttle;

pub use brand::brand_of;
pub use deletion::{
    DELETED_FIRST_NAME, DELETED_LAST_NAME, ERASED_AT_LATEST, NotDeleted, TRIED_AGAIN_AT_LATEST,
    deleted_birth, forfeited, had_first_purchase, may_delete, may_erase, names_member, next_try,
    short_name,
};
#[cfg(feature = "server")]
pub use email::{EMAIL_MAX, Email};
#[cfg(feature = "server")]
pub use initials::initials;
#[cfg(feature = "server")]
pub use password::{PasswordOwner, leaked_form};
pub use permission::Permission;
pub use recent_password::{is_asked, is_recent};
pub use released::{deleted_address, is_released, released_address, shown_address};
pub use rights::Rights;
pub use role::{PlatformRole, Role, TenantRole};
pub use second_factor::{CODE_AWAITED_FOR, RECOVERY_CODES, SETUP_LASTS, UsedCodes, read_code};
pub use security_event::{SAME_ENTRY_FOR, SecurityEvent};
pub use session::SessionLimits;
pub use site::SiteKind;
pub use throttle::{Throttle, network_of_guesser};
