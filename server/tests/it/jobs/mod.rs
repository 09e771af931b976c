//! From a paid purchase to Credited.

mod faults;
mod indexes;
mod rules;
mod sweep;
