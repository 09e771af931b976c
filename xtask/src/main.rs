//! Every chore of the repository behind one command: build, run, test and pack the product.

mod bench;
mod build;
mod dist;
mod process;
mod progress;
mod run;
mod settings;
mod test;
mod torture;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

use crate::{build::Profile, settings::Settings};

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    about = "Builds, runs, tests and packs PewPros Referrals"
)]
struct Cli {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Build the server and the site's files
    Build {
        /// Optimise the server as for production
        #[arg(long)]
        release: bool,
    },
    /// Build everything, fill a demo and serve it until Ctrl-C
    Run {
        /// Port of the site; the one in Cargo.toml, or the next free one, when left out
        #[arg(long)]
        port: Option<u16>,
        /// Folder of the demo's database and secrets; `data` in the workspace when left out
        #[arg(long)]
        data: Option<PathBuf>,
    },
    /// Run the gate: every check and test, or only the steps named
    Test {
        /// Names of steps, see --list
        steps: Vec<String>,
        /// List the steps and stop
        #[arg(long)]
        list: bool,
    },
    /// Break everything around the product while people buy, then compare the books
    Torture {
        /// How long people buy, on all databases together
        #[arg(long, default_value_t = 1.0)]
        minutes: f64,
        /// What chance begins with; any when left out
        #[arg(long)]
        seed: Option<u64>,
        /// SQLite alone
        #[arg(long, conflicts_with = "no_sqlite")]
        no_postgres: bool,
        /// PostgreSQL alone
        #[arg(long)]
        no_sqlite: bool,
    },
    /// Put a runnable release into target/dist
    Dist,
    /// Measure a release beside bare programs and write docs/performance.md
    Bench {
        /// Names of scenarios; all when left out
        only: Vec<String>,
        /// Only see that everything runs; the figures mean nothing
        #[arg(long)]
        quick: bool,
    },
}

fn main() -> ExitCode {
    match start(Cli::parse().chore) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn start(chore: Chore) -> anyhow::Result<ExitCode> {
    let settings = Settings::read()?;
    match chore {
        Chore::Build { release } => {
            let profile = if release {
                Profile::Release
            } else {
                Profile::Dev
            };
            build::everything(&settings, profile, &process::run)?;
        }
        Chore::Run { port, data } => run::run(&settings, port, data)?,
        Chore::Test { steps, list } => return test::run(settings, &steps, list),
        Chore::Torture {
            minutes,
            seed,
            no_postgres,
            no_sqlite,
        } => {
            let options = torture::Options {
                minutes,
                seed,
                no_postgres,
                no_sqlite,
            };
            torture::run(&settings, &options)?;
        }
        Chore::Dist => dist::pack(&settings)?,
        Chore::Bench { only, quick } => bench::run(&settings, quick, &only)?,
    }
    Ok(ExitCode::SUCCESS)
}
