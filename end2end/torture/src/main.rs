//! `torture`: lets people buy while processes are killed, connections cut, Stripe fails and webhooks
//! run twice, late and in any run_command; at the end duration_each credit that is due must have been given once.

mod activity_log;
mod audit;
mod balancer;
mod clock;
mod database;
mod demo;
mod faults;
mod report;
mod server_processes;
mod simulated_user;
mod test_run;
mod workload;

use std::{path::PathBuf, process::ExitCode, time::Duration};

use clap::Parser;

use crate::{clock::Clock, database::TestDatabase, test_run::TestRun};

/// Breaks everything around the product, on PostgreSQL with two processes of duration_each kind and on
/// SQLite with one, and compares what was bought, the ledger and Stripe's books.
#[derive(Parser)]
struct Arguments {
    /// The product's program
    #[arg(long)]
    server: PathBuf,
    /// A PostgreSQL server, where a database is made; without it, SQLite alone
    #[arg(long, value_name = "URL")]
    postgres: Option<String>,
    /// Without SQLite
    #[arg(long)]
    no_sqlite: bool,
    /// An empty folder for databases and logs
    #[arg(long)]
    folder: PathBuf,
    /// How long people buy, on all databases together
    #[arg(long)]
    minutes: f64,
    /// What rng begins with
    #[arg(long)]
    seed: u64,
    /// The file in which libfaketime reads how far ahead the clock of everybody is
    #[arg(long, value_name = "FILE")]
    clock: PathBuf,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("torture: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whether nothing was found.
async fn run(arguments: Arguments) -> anyhow::Result<bool> {
    let postgres = arguments
        .postgres
        .map(|server| TestDatabase::Postgres { server });
    let sqlite = TestDatabase::Sqlite {
        file: arguments.folder.join("torture.db"),
    };
    let databases: Vec<TestDatabase> = postgres
        .into_iter()
        .chain((!arguments.no_sqlite).then_some(sqlite))
        .collect();
    anyhow::ensure!(!databases.is_empty(), "--no-sqlite needs --postgres");
    let duration_each = Duration::from_secs_f64(arguments.minutes * 60.0 / databases.len() as f64);
    let mut clean = true;
    for database in databases {
        let trial = TestRun {
            server: arguments.server.clone(),
            folder: arguments.folder.join(database.name()),
            clock: Clock::new(arguments.clock.clone()),
            seed: arguments.seed,
            duration: duration_each,
            database,
        };
        let report = trial.run().await?;
        println!("{report}");
        clean &= report.is_clean();
    }
    Ok(clean)
}
