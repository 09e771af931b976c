//! What a site says of itself, and the hosts at which it answers.

mod accent;
mod form;
mod host_name;

pub use accent::Accent;
pub use form::{LINES_MAX, Profile, TAGLINE_MAX, TypedProfile};
pub use host_name::read_host_name;
