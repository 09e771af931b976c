//! The parts of the `server` program: its processes, the demo and logging.

mod clicks;
pub mod demo;
pub mod serve;
mod starting;
pub mod telemetry;
