//! The processes under load: each a process of its own, ended when dropped.

use std::{
    fs::{self, File},
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

use crate::{
    database::{Database, DatabaseKind, Demo},
    http,
    load::Connection,
};

const START_TIMEOUT: Duration = Duration::from_secs(30);

/// Seals the keys of databases that are gone when the run is over.
const APP_SECRET: &str = "0123456789abcdef0123456789abcdef";

/// Where the processes are, and a folder for what they write.
pub struct Processes {
    /// The product, as it is delivered.
    pub server: PathBuf,
    /// Stripe's stand-in.
    pub stand_in: PathBuf,
    /// A PostgreSQL server in which databases may be made.
    pub postgres: String,
    /// For databases and logs.
    pub folder: PathBuf,
}

/// A program that listens.
pub struct RunningServer {
    process: Child,
    pub addr: SocketAddr,
}

impl RunningServer {
    /// Its process.
    ///
    /// # Errors
    /// If it has ended.
    pub fn pid(&self) -> Result<u32> {
        self.process.id().context("the program has ended")
    }
}

/// A running stand-in.
pub struct StandIn {
    _process: Child,
    /// With a slash at its end.
    pub url: String,
    pub addr: SocketAddr,
}

impl Processes {
    /// Starts Stripe's stand-in, whose answers take `latency`.
    ///
    /// # Errors
    /// If it does not start.
    pub async fn stand_in(&self, latency: Duration) -> Result<StandIn> {
        let mut process = Command::new(&self.stand_in)
            .args(["--answer-after", &latency.as_millis().to_string()])
            .stdout(Stdio::piped())
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| cannot_start(&self.stand_in))?;
        let stdout = process
            .stdout
            .take()
            .context("the stand-in has no output")?;
        let mut lines = BufReader::new(stdout).lines();
        let url = lines.next_line().await?.unwrap_or_default();
        let addr = url.trim_start_matches("http://").trim_end_matches('/');
        let addr = addr.parse().context("the stand-in did not start")?;
        Ok(StandIn {
            _process: process,
            url,
            addr,
        })
    }

    /// An empty database of its own, made ready and filled with the product's demo.
    ///
    /// # Errors
    /// If a step fails.
    pub async fn database(
        &self,
        kind: DatabaseKind,
        name: &str,
        stripe: &StandIn,
    ) -> Result<Database> {
        let url = match kind {
            DatabaseKind::Sqlite => {
                let file = self.folder.join(format!("{name}.db"));
                format!("sqlite://{}?mode=rwc", file.display())
            }
            DatabaseKind::Postgres => Database::create_database(&self.postgres, name).await?,
        };
        let addr = free_addr()?;
        self.run_to_end(&url, &stripe.url, addr, &["migrate"])
            .await?;
        let demo = self
            .run_to_end(&url, &stripe.url, addr, &["demo", "--json"])
            .await?;
        Database::open(kind, url, Demo::read(&demo)?).await
    }

    async fn run_to_end(
        &self,
        database_url: &str,
        stripe: &str,
        addr: SocketAddr,
        args: &[&str],
    ) -> Result<String> {
        let mut command = self.command(database_url, stripe, addr, args)?;
        let output = command.stdout(Stdio::piped()).output().await?;
        ensure!(
            output.status.success(),
            "`server {}` failed",
            args.join(" ")
        );
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Serves the sites of a database.
    ///
    /// # Errors
    /// If it does not get is_healthy.
    pub async fn serve(
        &self,
        database: &Database,
        stripe: &StandIn,
        extra_args: &[&str],
    ) -> Result<RunningServer> {
        let addr = free_addr()?;
        let args = [&["serve"], extra_args].concat();
        let mut command = self.command(&database.url, &stripe.url, addr, &args)?;
        start(&mut command, &self.server, addr).await
    }

    /// Starts one of the bare processes of this crate.
    ///
    /// # Errors
    /// If it does not listen.
    pub async fn yardstick(&self, name: &str, args: &[&str]) -> Result<RunningServer> {
        let program = std::env::current_exe()?;
        let addr = free_addr()?;
        let mut command = Command::new(&program);
        command
            .args(["yardstick", "--listen", &addr.to_string(), name])
            .args(args);
        start(&mut command, &program, addr).await
    }

    fn command(
        &self,
        database_url: &str,
        stripe: &str,
        addr: SocketAddr,
        args: &[&str],
    ) -> Result<Command> {
        let log = File::options().create(true).append(true).open(self.log())?;
        let mut command = Command::new(&self.server);
        command
            .args(args)
            .env("DATABASE_URL", database_url)
            .env("APP_SECRET", APP_SECRET)
            .env("LISTEN", addr.to_string())
            .env("STRIPE_API_BASE", stripe)
            // Limits are for each address: every call of ours names one.
            .env("TRUSTED_PROXIES", "127.0.0.1")
            .stderr(log);
        Ok(command)
    }

    /// What the servers said.
    pub fn log(&self) -> PathBuf {
        self.folder.join("server.log")
    }
}

impl Drop for Processes {
    fn drop(&mut self) {
        // A leftover folder is the system's to clear.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

async fn start(command: &mut Command, program: &Path, addr: SocketAddr) -> Result<RunningServer> {
    let process = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .with_context(|| cannot_start(program))?;
    let mut running = RunningServer { process, addr };
    let started = Instant::now();
    while !is_healthy(addr).await {
        if let Some(status) = running.process.try_wait()? {
            bail!("{} ended with {status}", program.display());
        }
        ensure!(
            started.elapsed() < START_TIMEOUT,
            "{} does not answer at {addr}",
            program.display()
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(running)
}

async fn is_healthy(addr: SocketAddr) -> bool {
    let Ok(request) = http::get(addr, "/healthz") else {
        return false;
    };
    match Connection::open(addr).await {
        Ok(mut connection) => connection.send_successful(request).await.is_ok(),
        Err(_) => false,
    }
}

/// Somebody else could take the port before the program does, which then says so and ends.
fn free_addr() -> Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?)
}

fn cannot_start(program: &Path) -> String {
    format!("{} could not be started", program.display())
}
