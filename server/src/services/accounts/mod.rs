//! Registering, signing in and out, and the devices that stay signed in.

pub mod devices;
mod registration;
mod sign_in;
mod web;

pub use registration::{Registered, enrol, register, taken};
pub use sign_in::{SignedIn, sign_in};
