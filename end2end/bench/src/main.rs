//! Measures a release build beside bare programs on the same machine, in the same run. `cargo xtask
//! bench` builds it, starts PostgreSQL, runs it, and prints the results.

mod bulk_insert;
mod clock;
mod database;
mod events;
mod http;
mod load;
mod member;
mod processes;
mod report;
mod rounds;
mod scenarios;
mod yardsticks;

use std::{
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::{Result, ensure};
use clap::{Args, Parser, Subcommand};

use crate::{
    processes::Processes,
    report::Measurement,
    scenarios::{ALL, Bench},
    yardsticks::Yardstick,
};

#[derive(Parser)]
#[command(name = "bench", about = "Measures a release of PewPros Referrals")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Measure, and write the figures as JSON
    Run(Run),
    /// Run one of the bare programs
    Yardstick(Yardstick),
}

#[derive(Args)]
struct Run {
    /// The release build of the server
    #[arg(long)]
    server: PathBuf,
    /// The stand-in for Stripe
    #[arg(long)]
    stand_in: PathBuf,
    /// The folder of static files that the server serves
    #[arg(long)]
    site: PathBuf,
    /// An empty PostgreSQL server that waits for its disk (fsync)
    #[arg(long)]
    postgres: String,
    /// The script that opens pages in Chromium
    #[arg(long)]
    browser: PathBuf,
    /// A folder for databases and logs; deleted before and after
    #[arg(long)]
    folder: PathBuf,
    /// The JSON file for the figures
    #[arg(long)]
    report: PathBuf,
    /// Only check that everything runs
    #[arg(long)]
    quick: bool,
    /// Only these scenarios
    scenarios: Vec<String>,
}

#[tokio::main]
async fn main() -> Result<()> {
    match Cli::parse().command {
        Command::Run(run) => measure(run).await,
        Command::Yardstick(yardstick) => yardstick.serve().await,
    }
}

async fn measure(run: Run) -> Result<()> {
    for name in &run.scenarios {
        let known = ALL.iter().any(|scenario| scenario.name == name);
        ensure!(known, "there is no scenario `{name}`");
    }
    if run.folder.exists() {
        fs::remove_dir_all(&run.folder)?;
    }
    fs::create_dir_all(&run.folder)?;
    let processes = Processes {
        server: run.server,
        stand_in: run.stand_in,
        postgres: run.postgres,
        folder: run.folder,
    };
    let bench = Bench::new(processes, run.quick, run.site, run.browser).await?;
    let mut lines = Vec::new();
    for scenario in ALL {
        let selected =
            run.scenarios.is_empty() || run.scenarios.iter().any(|name| name == scenario.name);
        if !selected {
            continue;
        }
        eprintln!("▸ {}", scenario.name);
        let started = Instant::now();
        match (scenario.measure)(&bench).await {
            Ok(measured) => lines.extend(measured),
            Err(error) => {
                eprintln!("  {error:#}\n{}", last_lines(&bench.processes.log()));
                lines.push(Measurement::failed(scenario.name, &error));
            }
        }
        eprintln!(
            "✓ {} · {:.1} s",
            scenario.name,
            started.elapsed().as_secs_f64()
        );
        // Written after each scenario, so that an interruption loses nothing.
        fs::write(&run.report, serde_json::to_string_pretty(&lines)?)?;
    }
    Ok(())
}

/// The last lines of the servers' log.
fn last_lines(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<_> = text.lines().collect();
    lines[lines.len().saturating_sub(10)..].join("\n")
}
