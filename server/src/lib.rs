//! Everything that touches the world: HTTP, the database, Stripe, the queue.

pub mod api;
pub mod clock;
pub mod config;
pub mod db;
pub mod demo;
pub mod jobs;
pub mod listen;
pub mod live;
pub mod middleware;
pub mod random;
pub mod readiness;
pub mod router;
pub mod sealing;
pub mod serve;
pub mod services;
pub mod state;
pub mod stripe;
pub mod telemetry;
pub mod webhooks;
