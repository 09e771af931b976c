//! `torture`: a fault-injection test of the whole product. Simulated users buy while processes are
//! killed, connections are cut, Stripe fails, and webhooks are duplicated, delayed and reordered.
//! At the end every credit that is due must have been issued exactly once.

mod activity_log;
mod audit;
mod balancer;
mod clock;
mod database;
mod demo;
mod evidence;
mod faults;
mod report;
mod server_processes;
mod simulated_user;
mod test_run;
mod workload;

use std::{path::PathBuf, process::ExitCode, time::Duration};

use clap::Parser;

use crate::{clock::Clock, database::TestDatabase, test_run::TestRun};

/// Injects faults into everything around the product, on PostgreSQL with two processes of each kind
/// and on SQLite with one, and then compares the purchases, the ledger and Stripe
#[derive(Parser)]
struct Arguments {
    /// The product's executable
    #[arg(long)]
    server: PathBuf,
    /// A PostgreSQL server on which a database is created; without it only SQLite is tested
    #[arg(long, value_name = "URL")]
    postgres: Option<String>,
    /// Do not test on SQLite
    #[arg(long)]
    no_sqlite: bool,
    /// An empty folder for databases and logs
    #[arg(long)]
    folder: PathBuf,
    /// How long the users buy, in total over all databases
    #[arg(long)]
    minutes: f64,
    /// Seed of the random number generator
    #[arg(long)]
    seed: u64,
    /// The file in which libfaketime reads how far the clock is ahead
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

/// Returns whether all runs were clean.
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
        let test_run = TestRun {
            server: arguments.server.clone(),
            folder: arguments.folder.join(database.name()),
            clock: Clock::new(arguments.clock.clone()),
            seed: arguments.seed,
            duration: duration_each,
            database,
        };
        let report = test_run.run().await?;
        println!("{report}");
        clean &= report.is_clean();
    }
    Ok(clean)
}
