//! `torture`: lets people buy while processes are killed, connections cut, Stripe fails and webhooks
//! come twice, late and in any order; at the end each credit that is due must have been given once.

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

use crate::{clock::Clock, database::Place, test_run::Trial};

/// Breaks everything around the product, on PostgreSQL with two processes of each kind and on
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
    /// What chance begins with
    #[arg(long)]
    seed: u64,
    /// The file in which libfaketime reads how far ahead the clock of everybody is
    #[arg(long, value_name = "FILE")]
    clock: PathBuf,
}

#[tokio::main]
async fn main() -> ExitCode {
    match torture(Arguments::parse()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("torture: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whether nothing was found.
async fn torture(arguments: Arguments) -> anyhow::Result<bool> {
    let postgres = arguments.postgres.map(|server| Place::Postgres { server });
    let sqlite = Place::Sqlite {
        file: arguments.folder.join("torture.db"),
    };
    let places: Vec<Place> = postgres
        .into_iter()
        .chain((!arguments.no_sqlite).then_some(sqlite))
        .collect();
    anyhow::ensure!(!places.is_empty(), "--no-sqlite needs --postgres");
    let each = Duration::from_secs_f64(arguments.minutes * 60.0 / places.len() as f64);
    let mut clean = true;
    for place in places {
        let trial = Trial {
            server: arguments.server.clone(),
            folder: arguments.folder.join(place.name()),
            clock: Clock::new(arguments.clock.clone()),
            seed: arguments.seed,
            lasts: each,
            place,
        };
        let report = trial.run().await?;
        println!("{report}");
        clean &= report.is_clean();
    }
    Ok(clean)
}
