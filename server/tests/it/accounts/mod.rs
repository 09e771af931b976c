//! Registering, signing in and out, and what keeps others out.

mod origin;
mod registration;
mod sessions;
mod sign_in;
mod visitor;
