//! The yardsticks: bare programs that do the least that the same work needs.

mod checkout;
mod dashboard;
mod hash;
mod page;
mod webhook;

use std::{net::SocketAddr, path::PathBuf};

use anyhow::Result;
use axum::{Router, routing::get, serve::ListenerExt};
use clap::{Args, Subcommand};
use tokio::net::TcpListener;

/// One of the yardsticks.
#[derive(Args)]
pub struct Yardstick {
    /// Where to listen
    #[arg(long)]
    listen: SocketAddr,
    #[command(subcommand)]
    program: Program,
}

#[derive(Subcommand)]
enum Program {
    /// Respond to every request with the bytes of a file
    Page { file: PathBuf },
    /// Read what a dashboard needs with plain SQL, and write 16 KB
    Dashboard { database: String },
    /// Start a purchase with plain SQL and one request to Stripe
    Checkout {
        database: String,
        stripe: String,
        key: String,
    },
    /// Apply an event in one plain transaction
    Webhook { database: String },
    /// Hash a password for each request, with one thread for each core
    Hash,
}

impl Yardstick {
    /// Serves until the process is killed.
    ///
    /// # Errors
    /// If it cannot listen, or cannot connect to the database.
    pub async fn serve(self) -> Result<()> {
        let router = match self.program {
            Program::Page { file } => page::router(&file)?,
            Program::Dashboard { database } => dashboard::router(&database).await?,
            Program::Checkout {
                database,
                stripe,
                key,
            } => checkout::router(&database, stripe, key).await?,
            Program::Webhook { database } => webhook::router(&database).await?,
            Program::Hash => hash::router(),
        };
        let router = Router::new()
            .route("/healthz", get(|| async { "ok\n" }))
            .merge(router);
        let listener = TcpListener::bind(self.listen).await?;
        let listener = listener.tap_io(|connection| {
            // The product does the same; without it the yardstick would be slower.
            let _ = connection.set_nodelay(true);
        });
        Ok(axum::serve(listener, router).await?)
    }
}
