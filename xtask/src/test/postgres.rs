//! A PostgreSQL server for one run alone: fresh, on a free port, gone afterwards.

use std::{
    env, fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

use anyhow::{Context, Result, bail, ensure};
use nix::unistd::Uid;

use super::browser;
use crate::progress::step;

const HOW_TO_INSTALL: &str = "PostgreSQL is missing; install it, e.g. `sudo apt-get install postgresql` or `brew install postgresql`";

/// Running until dropped.
pub struct Postgres {
    bin: PathBuf,
    folder: PathBuf,
    user: Option<&'static str>,
    port: u16,
    env: Vec<(&'static str, String)>,
}

impl Postgres {
    /// Makes a cluster in a temporary folder and starts it. Nothing in it needs to survive a
    /// crash, so it never waits for the disk.
    pub fn start() -> Result<Self> {
        Self::with_env(Vec::new())
    }

    /// The same, its processes told something by their environment.
    pub fn with_env(env: Vec<(&'static str, String)>) -> Result<Self> {
        let at_once = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off";
        Self::start_with(at_once, env)
    }

    /// The same, but it waits for the disk as one does that is in use.
    pub fn lasting() -> Result<Self> {
        Self::start_with("", Vec::new())
    }

    fn start_with(durability: &str, env: Vec<(&'static str, String)>) -> Result<Self> {
        step("PostgreSQL", || {
            let postgres = Self {
                bin: binaries()?,
                folder: env::temp_dir().join(format!("xtask-postgres-{}", unique())),
                user: user()?,
                port: TcpListener::bind("127.0.0.1:0")?.local_addr()?.port(),
                env,
            };
            let _ = fs::remove_dir_all(&postgres.folder);
            fs::create_dir_all(&postgres.folder)?;
            if let Some(user) = postgres.user {
                quiet(Command::new("chown").arg(user).arg(&postgres.folder))?;
            }
            quiet(postgres.command("initdb").args([
                "--auth=trust",
                "--username=postgres",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync",
            ]))?;
            let options = format!(
                "-c listen_addresses=127.0.0.1 -c port={} -c unix_socket_directories= \
                 -c max_connections=300 {durability}",
                postgres.port
            );
            let log = postgres.folder.join("log");
            let started = quiet(
                postgres
                    .command("pg_ctl")
                    .args(["start", "-w", "-o", &options, "-l"])
                    .arg(&log),
            );
            started.with_context(|| fs::read_to_string(&log).unwrap_or_default())?;
            Ok(postgres)
        })
    }

    /// Where the tests connect to make databases of their own.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// `postgres (PostgreSQL) 17.2`.
    pub fn version(&self) -> Result<String> {
        let output = Command::new(self.bin.join("postgres"))
            .arg("--version")
            .output()?;
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// PostgreSQL refuses to run as root, so root lends it another user.
    fn command(&self, program: &str) -> Command {
        let program = self.bin.join(program);
        let mut command = match self.user {
            Some(user) => {
                let mut command = Command::new("runuser");
                command.args(["-u", user, "--"]).arg(program);
                command
            }
            None => Command::new(program),
        };
        // The user may not be allowed into the current folder.
        command
            .current_dir(&self.folder)
            .envs(self.env.iter().cloned())
            .arg("-D")
            .arg(self.folder.join("data"));
        command
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if self.folder.join("data/postmaster.pid").exists() {
            let _ = quiet(
                self.command("pg_ctl")
                    .args(["stop", "-w", "-m", "immediate"]),
            );
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Several may run at once.
fn unique() -> String {
    static STARTED: AtomicU32 = AtomicU32::new(0);
    let number = STARTED.fetch_add(1, Ordering::Relaxed);
    format!("{}-{number}", std::process::id())
}

fn quiet(command: &mut Command) -> Result<()> {
    // A file, not a pipe: the started server inherits it and a pipe would stay open.
    let output = command.stdout(Stdio::null()).stderr(Stdio::null());
    let status = output
        .status()
        .with_context(|| format!("{command:?} could not be started"))?;
    ensure!(status.success(), "{command:?} failed with {status}");
    Ok(())
}

fn binaries() -> Result<PathBuf> {
    if let Some(found) = find_binaries() {
        return Ok(found);
    }
    browser::apt_install("postgresql")?;
    find_binaries().context(HOW_TO_INSTALL)
}

fn find_binaries() -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = env::split_paths(&path).collect();
    let mut versions: Vec<PathBuf> = ["/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt"]
        .iter()
        .filter_map(|home| fs::read_dir(home).ok())
        .flat_map(|entries| entries.flatten().map(|entry| entry.path().join("bin")))
        .collect();
    versions.sort();
    folders.extend(versions.into_iter().rev());
    folders
        .into_iter()
        .find(|folder| has(folder, "initdb") && has(folder, "pg_ctl"))
}

fn has(folder: &Path, program: &str) -> bool {
    folder.join(program).is_file()
}

fn user() -> Result<Option<&'static str>> {
    if !Uid::effective().is_root() {
        return Ok(None);
    }
    let known = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let user = ["postgres", "nobody"].into_iter().find(|user| {
        known
            .lines()
            .any(|line| line.split(':').next() == Some(*user))
    });
    match user {
        Some(user) => Ok(Some(user)),
        None => bail!("PostgreSQL does not run as root; run this as another user"),
    }
}
