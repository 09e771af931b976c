//! The processes, and what an operator does by hand.

pub mod demo;
pub mod serve;
pub mod telemetry;
