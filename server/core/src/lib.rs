//! What the rest of the server shares: the clock, randomness, encryption of secrets, and settings.

pub mod clock;
pub mod config;
pub mod dates;
mod panic;
pub mod random;
pub mod sealing;
pub mod zone;

pub use panic::panic_words;
