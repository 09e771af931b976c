//! Registration, passwords and their reset, and the devices that stay signed in.

pub mod devices;
pub mod passwords;
mod registration;
pub mod reset;

pub use registration::{
    NOT_HERE, Registered, TAKEN, enrol, refused_password, register, registered_since, taken,
};
