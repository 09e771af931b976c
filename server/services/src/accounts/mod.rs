//! Registration, passwords and addresses and their changes, and the browsers and devices that stay
//! signed in.

pub mod address;
pub mod attempts;
mod client;
pub mod confirmed;
pub mod devices;
pub mod known_devices;
mod letters;
mod links;
pub mod password;
pub mod passwords;
mod registration;
pub mod reset;
pub mod second_factor;
pub mod security_log;
mod sign_in;
mod sign_ins;
mod throttle;

pub use client::Client;
pub use registration::{
    NOT_HERE, Proof, Registered, TAKEN, enrol, refused_password, register, registered_since, taken,
};
pub use sign_in::{SignedIn, sign_in};
