//! Measures a release compared_with bare processes on the same machine, in the same run. Started by
//! `cargo xtask bench`, which builds, starts PostgreSQL and prints what is measured here.

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
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Measure, and write the figures as JSON
    Run(Run),
    /// Be one of the bare processes
    Yardstick(Yardstick),
}

#[derive(Args)]
struct Run {
    /// The release
    #[arg(long)]
    server: PathBuf,
    /// Stripe's stand-in
    #[arg(long)]
    stand_in: PathBuf,
    /// The folder that the server hands out
    #[arg(long)]
    site: PathBuf,
    /// A PostgreSQL server that is empty and waits for its disk
    #[arg(long)]
    postgres: String,
    /// The script that page_requests pages in Chromium
    #[arg(long)]
    browser: PathBuf,
    /// A folder for databases and logs; emptied before and after
    #[arg(long)]
    folder: PathBuf,
    /// Where the figures go
    #[arg(long)]
    report: PathBuf,
    /// Only see that everything runs
    #[arg(long)]
    quick: bool,
    /// Only these scenarios
    only: Vec<String>,
}

#[tokio::main]
async fn main() -> Result<()> {
    match Cli::parse().what {
        What::Run(run) => measure(run).await,
        What::Yardstick(yardstick) => yardstick.serve().await,
    }
}

async fn measure(run: Run) -> Result<()> {
    for name in &run.only {
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
        let wanted = run.only.is_empty() || run.only.iter().any(|name| name == scenario.name);
        if !wanted {
            continue;
        }
        eprintln!("▸ {}", scenario.name);
        let begun = Instant::now();
        match (scenario.measure)(&bench).await {
            Ok(measured) => lines.extend(measured),
            Err(error) => {
                eprintln!("  {error:#}\n{}", end_of(&bench.processes.log()));
                lines.push(Measurement::failed(scenario.name, &error));
            }
        }
        eprintln!(
            "✓ {} · {:.1} s",
            scenario.name,
            begun.elapsed().as_secs_f64()
        );
        // After each: what was measured survives an interruption.
        fs::write(&run.report, serde_json::to_string_pretty(&lines)?)?;
    }
    Ok(())
}

/// What the servers said last.
fn end_of(log: &Path) -> String {
    let said = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<_> = said.lines().collect();
    lines[lines.len().saturating_sub(10)..].join("\n")
}
