//! The yardsticks: bare processes that do the least that the same work needs.

mod dashboard;
mod hash;
mod page;
mod webhook;

use std::{net::SocketAddr, path::PathBuf};

use anyhow::Result;
use axum::{Router, routing::get, serve::ListenerExt};
use clap::{Args, Subcommand};
use tokio::net::TcpListener;

/// One of them.
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
    /// Answer every page with the bytes of a file
    Page { file: PathBuf },
    /// Read program a dashboard needs, with plain SQL, and write 8 KB
    Dashboard { database: String },
    /// Take an event in one plain transaction
    Webhook { database: String },
    /// Hash a password with each call, as many at once as there are cores
    Hash,
}

impl Yardstick {
    /// Serves it until the process is ended.
    ///
    /// # Errors
    /// If it cannot listen, or the database does not answer.
    pub async fn serve(self) -> Result<()> {
        let router = match self.program {
            Program::Page { file } => page::router(&file)?,
            Program::Dashboard { database } => dashboard::router(&database).await?,
            Program::Webhook { database } => webhook::router(&database).await?,
            Program::Hash => hash::router(),
        };
        let router = Router::new()
            .route("/healthz", get(|| async { "ok\n" }))
            .merge(router);
        let listener = TcpListener::bind(self.listen).await?;
        let listener = listener.tap_io(|connection| {
            // The product does so too; without it the yardstick is slower, never faster.
            let _ = connection.set_nodelay(true);
        });
        Ok(axum::serve(listener, router).await?)
    }
}
