//! Registering, signing in and out, and the protection of both.

mod forgotten;
mod origin;
mod registration;
mod sessions;
mod sign_in;
mod visitor;
