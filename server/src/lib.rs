//! The parts of the `server` program: its processes, the demo and logging.

pub mod demo;
pub mod serve;
mod starting;
pub mod telemetry;
