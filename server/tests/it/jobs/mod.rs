//! From a paid purchase to Credited.

mod faults;
mod rules;
mod sweep;
