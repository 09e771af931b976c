//! Registration, passwords and addresses and their changes, and the browsers and devices that stay
//! signed in.

pub mod address;
pub mod devices;
mod letters;
mod links;
pub mod password;
pub mod passwords;
mod registration;
pub mod reset;
pub mod sign_ins;

pub use registration::{
    NOT_HERE, Proof, Registered, TAKEN, enrol, refused_password, register, registered_since, taken,
};
