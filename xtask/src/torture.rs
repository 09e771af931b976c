//! The torture test: everything around the product fails at once, under a clock that can jump a
//! day. `end2end/torture` does it; this file starts it with a PostgreSQL server, a clock and a folder.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{self, Command},
    thread,
};

use anyhow::{Context, Result, anyhow, ensure};

use crate::{
    apt::apt_install,
    artifacts::{self, Built, Profile},
    postgres::Postgres,
    process::{Finished, run_and_capture},
    settings::Settings,
};

/// How long, from which seed, and on which databases.
pub struct Options {
    /// On each database.
    pub minutes: f64,
    /// Any, when left out; it is printed.
    pub seed: Option<u64>,
    pub no_postgres: bool,
    pub no_sqlite: bool,
}

impl Options {
    /// As long as the gate has time for.
    pub fn half_a_minute() -> Self {
        Self {
            minutes: 0.5,
            seed: None,
            no_postgres: false,
            no_sqlite: false,
        }
    }
}

/// Builds the programs and runs the test.
pub fn run(settings: &Settings, options: &Options) -> Result<()> {
    let built = artifacts::everything(settings, Profile::Dev, &crate::process::run)?;
    crate::process::stop_on_interrupt()?;
    for finished in torture(settings, &built, options)? {
        ensure!(finished.ok, "something was found, see above");
    }
    Ok(())
}

/// Runs the test on what is built, on each database at the same time: most of it is waiting. When it finds
/// something, its logs and databases stay.
pub fn torture(settings: &Settings, built: &Built, options: &Options) -> Result<Vec<Finished>> {
    let seed = seed(options)?;
    let databases = [
        ("sqlite", options.no_sqlite),
        ("postgres", options.no_postgres),
    ];
    thread::scope(|scope| {
        let runs = databases.iter().filter(|(_, left_out)| !left_out);
        let runs = runs.map(|(database, _)| {
            scope.spawn(|| one(settings, built, options.minutes, seed, database))
        });
        let runs: Vec<_> = runs.collect();
        runs.into_iter()
            .map(|run| run.join().map_err(|_| anyhow!("a run panicked"))?)
            .collect()
    })
}

/// Runs it on one database, under a clock of its own.
fn one(
    settings: &Settings,
    built: &Built,
    minutes: f64,
    seed: u64,
    database: &str,
) -> Result<Finished> {
    let folder = env::temp_dir().join(format!("xtask-torture-{}-{database}", process::id()));
    fs::create_dir_all(&folder)?;
    let clock = Clock::new(&folder)?;
    // Its time jumps with everybody's, so this server is its own.
    let postgres = match database {
        "postgres" => Some(Postgres::with_env(clock.env())?),
        _ => None,
    };
    let mut command = Command::new(&built.torture);
    command
        .arg("--server")
        .arg(&built.server)
        .arg("--folder")
        .arg(&folder)
        .args(["--minutes", &minutes.to_string()])
        .args(["--seed", &seed.to_string()])
        .arg("--clock")
        .arg(&clock.file)
        .envs(settings.leptos_env(settings.leptos().site_addr, &settings.site_root()))
        .envs(clock.env());
    if let Some(postgres) = &postgres {
        command.args(["--no-sqlite", "--postgres", &postgres.url()]);
    }
    let finished = run_and_capture(&mut command)?;
    match finished.ok {
        true => fs::remove_dir_all(&folder)?,
        false => println!("logs are in {}", folder.display()),
    }
    Ok(finished)
}

fn seed(options: &Options) -> Result<u64> {
    match options.seed {
        Some(seed) => Ok(seed),
        None => {
            let mut bytes = [0; 4];
            getrandom::fill(&mut bytes)?;
            Ok(u32::from_le_bytes(bytes).into())
        }
    }
}

/// A clock for all processes of a run: libfaketime reads in a file how far ahead it is.
struct Clock {
    library: PathBuf,
    file: PathBuf,
}

impl Clock {
    fn new(folder: &Path) -> Result<Self> {
        let library = libfaketime()?;
        let file = folder.join("clock");
        fs::write(&file, "+0\n")?;
        Ok(Self { library, file })
    }

    fn env(&self) -> Vec<(&'static str, String)> {
        let preload = match cfg!(target_os = "macos") {
            true => "DYLD_INSERT_LIBRARIES",
            false => "LD_PRELOAD",
        };
        vec![
            (preload, self.library.display().to_string()),
            ("FAKETIME_TIMESTAMP_FILE", self.file.display().to_string()),
            ("FAKETIME_CACHE_DURATION", "1".to_owned()),
            // Waits go on as they are: only the calendar jumps.
            ("DONT_FAKE_MONOTONIC", "1".to_owned()),
        ]
    }
}

/// Where libfaketime is, which is installed if it is missing.
pub fn libfaketime() -> Result<PathBuf> {
    if let Some(library) = find_library() {
        return Ok(library);
    }
    apt_install("libfaketime")?;
    find_library().context("libfaketime is missing; install it")
}

fn find_library() -> Option<PathBuf> {
    const NAMES: [&str; 2] = [
        "faketime/libfaketimeMT.so.1",
        "faketime/libfaketime.1.dylib",
    ];
    let homes = ["/usr/lib", "/usr/local/lib", "/opt/homebrew/lib"].map(PathBuf::from);
    let inner = homes.iter().filter_map(|home| fs::read_dir(home).ok());
    let inner = inner.flat_map(|entries| entries.flatten().map(|entry| entry.path()));
    homes
        .iter()
        .cloned()
        .chain(inner)
        .flat_map(|folder| NAMES.map(|name| folder.join(name)))
        .find(|library| library.is_file())
}
