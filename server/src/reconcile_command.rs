//! The command `server reconcile`, which compares Stripe's balances with the ledger.

use std::sync::OnceLock;

use anyhow::ensure;
use clap::Args;
use server_core::config::Config;
use services::operator::reconcile::{programs, reconcile};
use store::Db;

use crate::open;

/// `reconcile`.
#[derive(Args)]
pub struct Reconcile {
    #[command(flatten)]
    config: Config,
    /// Key of the tenant site, e.g. detroit-arms; without it and --platform, all programs
    #[arg(long, conflicts_with = "platform")]
    site: Option<String>,
    /// The platform's own account, of all of its brands
    #[arg(long)]
    platform: bool,
}

/// Compares, and prints what differs.
///
/// # Errors
/// If anything waits for a person, or could not be compared.
pub async fn run(command: Reconcile, opened: &OnceLock<Db>) -> anyhow::Result<()> {
    let state = open(command.config, opened).await?;
    let mut agrees = true;
    for (name, scope) in programs(&state, command.site.as_deref(), command.platform).await? {
        match reconcile(&state, &name, scope).await {
            Ok(reconciled) => {
                for line in reconciled.lines {
                    println!("{line}");
                }
                agrees &= reconciled.agrees;
            }
            Err(error) => {
                eprintln!("{error:#}");
                agrees = false;
            }
        }
    }
    ensure!(
        agrees,
        "the books do not agree, or could not be compared; see above"
    );
    Ok(())
}
