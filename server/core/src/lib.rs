//! What every part of the server is handed: the time, randomness, secrets and the operator's settings.

pub mod clock;
pub mod config;
pub mod dates;
mod panic;
pub mod random;
pub mod sealing;

pub use panic::panic_words;
