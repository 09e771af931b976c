//! PostgreSQL's own programs: making a cluster, starting and stopping its server.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail, ensure};
use nix::unistd::Uid;

use crate::apt::apt_install;

const HOW_TO_INSTALL: &str = "PostgreSQL is missing; install it, e.g. `sudo apt-get install postgresql` or `brew install postgresql`";

/// A folder with a cluster, and the programs that serve it.
pub struct Cluster {
    pub folder: PathBuf,
    bin: PathBuf,
    user: Option<&'static str>,
    env: Vec<(&'static str, String)>,
}

impl Cluster {
    /// Finds the programs, or installs them where we may; `env` is the server's environment besides
    /// our own.
    pub fn at(folder: PathBuf, env: Vec<(&'static str, String)>) -> Result<Self> {
        Ok(Self {
            folder,
            bin: binaries()?,
            user: user()?,
            env,
        })
    }

    /// Makes the folder and a cluster in it, in place of what is there.
    pub fn init(&self) -> Result<()> {
        let _ = fs::remove_dir_all(&self.folder);
        fs::create_dir_all(&self.folder)?;
        if let Some(user) = self.user {
            quiet(Command::new("chown").arg(user).arg(&self.folder))?;
        }
        quiet(self.command("initdb").args([
            "--auth=trust",
            "--username=postgres",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        ]))
    }

    /// Starts the server and waits until it takes connections.
    pub fn start(&self, port: u16, durability: &str) -> Result<()> {
        let options = format!(
            "-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories= \
             -c max_connections=300 {durability}"
        );
        let log = self.folder.join("log");
        let mut start = self.command("pg_ctl");
        start.args(["start", "-w", "-o", &options, "-l"]).arg(&log);
        quiet(&mut start).with_context(|| fs::read_to_string(&log).unwrap_or_default())
    }

    /// Stops the server, if it runs, without a checkpoint.
    pub fn stop(&self) -> Result<()> {
        if !self.folder.join("data/postmaster.pid").exists() {
            return Ok(());
        }
        quiet(
            self.command("pg_ctl")
                .args(["stop", "-w", "-m", "immediate"]),
        )
    }

    /// The port of the running server.
    pub fn port(&self) -> Option<u16> {
        // pg_ctl also knows a file that a server which was killed has left behind.
        quiet(self.command("pg_ctl").arg("status")).ok()?;
        let file = fs::read_to_string(self.folder.join("data/postmaster.pid")).ok()?;
        // https://www.postgresql.org/docs/current/storage-file-layout.html: the port is in line 4.
        file.lines().nth(3)?.trim().parse().ok()
    }

    /// Runs SQL on the server at this port; answers the rows of one column.
    pub fn query(&self, port: u16, sql: &str) -> Result<Vec<String>> {
        // A client of another package, or another version's, is as good.
        let ours = Some(self.bin.join("psql")).filter(|psql| psql.is_file());
        let output = Command::new(ours.unwrap_or_else(|| "psql".into()))
            .args(["--no-psqlrc", "--tuples-only", "--no-align"])
            .args(["--host=127.0.0.1", "--username=postgres", "--port"])
            .args([&port.to_string(), "--command", sql, "postgres"])
            .output()
            .context("psql could not be started")?;
        ensure!(
            output.status.success(),
            "psql: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        let rows = String::from_utf8_lossy(&output.stdout);
        Ok(rows.lines().map(str::to_owned).collect())
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

/// Whether the server runs as another user, who may not be allowed into the workspace.
pub fn lends_a_user() -> bool {
    Uid::effective().is_root()
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
    apt_install("postgresql")?;
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
