//! Registration, passwords and addresses and their changes, and the browsers and devices that stay
//! signed in.

pub mod address;
pub mod attempts;
pub mod block;
mod client;
pub mod confirmed;
pub mod devices;
pub mod known_devices;
pub mod leaked;
mod letters;
pub(crate) mod links;
mod new_password;
pub mod password;
pub mod passwords;
pub mod profile;
pub mod proof;
mod registration;
pub mod reset;
pub mod second_factor;
pub mod security_log;
mod sign_in;
mod sign_ins;
pub(crate) mod throttle;

pub use client::{Client, UNKNOWN_BROWSER};
pub use links::hash as link_hash;
pub use new_password::refused_for;
pub use registration::{
    NOT_HERE, Proof, ReferredBy, Registered, TAKEN, enrol, register, registered_since, taken,
};
pub use sign_in::{SignedIn, sign_in};
