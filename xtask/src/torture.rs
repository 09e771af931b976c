//! The torture test: everything around the product fails at once, under a clock that can jump a
//! day. `end2end/torture` does it; this file starts it with a PostgreSQL server, a clock and a folder.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{self, Command},
};

use anyhow::{Context, Result, ensure};

use crate::{
    apt::apt_install,
    artifacts::{self, Built, Profile},
    postgres::Postgres,
    settings::Settings,
};

/// How long, from which seed, and on which databases.
pub struct Options {
    pub minutes: f64,
    /// Any, when left out; it is printed.
    pub seed: Option<u64>,
    pub no_postgres: bool,
    pub no_sqlite: bool,
}

impl Options {
    /// As long as the gate has time for.
    pub fn a_minute() -> Self {
        Self {
            minutes: 1.0,
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
    torture(settings, &built, options, |command| {
        let finished = crate::process::run_and_capture(command)?;
        ensure!(finished.ok, "something was found, see above");
        Ok(())
    })
}

/// Runs the test on what is built; `run` starts the program. When it finds something, its logs and
/// databases stay.
pub fn torture(
    settings: &Settings,
    built: &Built,
    options: &Options,
    run: impl FnOnce(&mut Command) -> Result<()>,
) -> Result<()> {
    let folder = env::temp_dir().join(format!("xtask-torture-{}", process::id()));
    fs::create_dir_all(&folder)?;
    let clock = Clock::new(&folder)?;
    // Its time jumps with everybody's, so this server is its own.
    let postgres = match options.no_postgres {
        true => None,
        false => Some(Postgres::with_env(clock.env())?),
    };
    let mut command = Command::new(&built.torture);
    command
        .arg("--server")
        .arg(&built.server)
        .arg("--folder")
        .arg(&folder)
        .args(["--minutes", &options.minutes.to_string()])
        .args(["--seed", &seed(options)?.to_string()])
        .arg("--clock")
        .arg(&clock.file)
        .envs(settings.leptos_env(settings.leptos().site_addr, &settings.site_root()))
        .envs(clock.env());
    if let Some(postgres) = &postgres {
        command.args(["--postgres", &postgres.url()]);
    }
    if options.no_sqlite {
        command.arg("--no-sqlite");
    }
    run(&mut command).with_context(|| format!("logs are in {}", folder.display()))?;
    fs::remove_dir_all(&folder)?;
    Ok(())
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
        let library = match find_library() {
            Some(library) => library,
            None => {
                apt_install("libfaketime")?;
                find_library().context("libfaketime is missing; install it")?
            }
        };
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
