//! From a paid purchase to Credited.

mod clock;
mod faults;
mod indexes;
mod rules;
mod sweep;
