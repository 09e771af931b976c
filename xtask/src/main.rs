//! Every task of the repository behind one command: build, run, test and pack the product.

mod apt;
mod artifacts;
mod bench;
mod dev;
mod dist;
mod gate;
mod memory;
mod postgres;
mod process;
mod progress;
mod run;
mod settings;
mod t;
mod torture;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

use crate::{artifacts::Profile, postgres::Kept, settings::Settings};

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    about = "Builds, runs, tests and packs PewPros Referrals"
)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build the server and the site's files
    Build {
        /// Optimize the server as for production
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
    /// Serve the demo and show each change: a style at once, code when it is compiled
    ///
    /// Watches app, frontend, migration, server and style. A change of a style bundles the
    /// stylesheet; a change of code compiles the server, the WASM or both and starts the server
    /// again on the same database and port, with Stripe's stand-in as it was. Open pages load again
    /// by themselves. While something does not compile, the last server that did goes on.
    Dev {
        /// Port of the site; the one in Cargo.toml, or the next free one, when left out
        #[arg(long)]
        port: Option<u16>,
        /// Folder of the demo's database and secrets; `data` in the workspace when left out
        #[arg(long)]
        data: Option<PathBuf>,
    },
    /// Run matching tests, on a PostgreSQL server that is kept between runs
    ///
    /// Without a word: all tests beside the code. With the name of a crate: all its tests, those
    /// in its tests/ folder too. With another word: each test of any crate whose name contains it.
    /// With both: those of that crate. Compiles no more than the tests that can match need.
    T {
        /// [crate] [filter]
        #[arg(num_args = 0..=2)]
        words: Vec<String>,
        /// SQLite alone: leave out the tests that need PostgreSQL
        #[arg(long)]
        sqlite: bool,
        /// Stop the kept PostgreSQL server, delete its data, and run nothing
        #[arg(long, exclusive = true)]
        stop: bool,
    },
    /// Run the gate: every check and test, or only the steps named
    Test {
        /// Names of steps, see --list
        steps: Vec<String>,
        /// List the steps and stop
        #[arg(long)]
        list: bool,
    },
    /// Inject faults all around the product while people buy, then compare the ledger with Stripe
    Torture {
        /// How long people buy, in minutes, on each database
        #[arg(long, default_value_t = 1.0)]
        minutes: f64,
        /// Seed of the random choices; a random one when left out
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
        /// Only check that everything runs; the figures mean nothing
        #[arg(long)]
        quick: bool,
    },
}

fn main() -> ExitCode {
    match start(Cli::parse().task) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn start(task: Task) -> anyhow::Result<ExitCode> {
    let settings = Settings::read()?;
    match task {
        Task::Build { release } => {
            let profile = if release {
                Profile::Release
            } else {
                Profile::Dev
            };
            artifacts::everything(&settings, profile, &process::run)?;
        }
        Task::Run { port, data } => run::run(&settings, port, data)?,
        Task::Dev { port, data } => dev::run(settings, port, data)?,
        Task::T { stop: true, .. } => Kept::of(&settings)?.delete()?,
        Task::T { words, sqlite, .. } => t::run(&settings, &words, sqlite)?,
        Task::Test { steps, list } => return gate::run(settings, &steps, list),
        Task::Torture {
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
        Task::Dist => dist::pack(&settings)?,
        Task::Bench { only, quick } => bench::run(&settings, quick, &only)?,
    }
    Ok(ExitCode::SUCCESS)
}
