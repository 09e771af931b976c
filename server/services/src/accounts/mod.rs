//! Registering, signing in and out, and the devices that stay signed in.

pub mod devices;
mod registration;
mod sign_in;
mod web;

pub use registration::{
    Registered, TAKEN, enrol, refused_password, register, registered_since, taken,
};
pub use sign_in::{SignedIn, WRONG, sign_in};
