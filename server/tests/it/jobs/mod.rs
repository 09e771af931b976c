//! The jobs from a paid purchase to a Credited referral.

mod clock;
mod faults;
mod indexes;
mod rules;
mod sweep;
