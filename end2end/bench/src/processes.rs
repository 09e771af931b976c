//! The programs under load, each in its own process, which is killed when dropped.

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

/// Seals the Stripe keys in the databases of a run, which are deleted with it.
const APP_SECRET: &str = "0123456789abcdef0123456789abcdef";

/// Paths of the programs, and a folder for their output.
pub struct Processes {
    /// The release build of the server.
    pub server: PathBuf,
    /// The stand-in for Stripe.
    pub stand_in: PathBuf,
    /// URL of a PostgreSQL server on which databases may be created.
    pub postgres: String,
    /// The folder for databases and logs.
    pub folder: PathBuf,
}

/// A program that listens at `addr`.
pub struct RunningServer {
    process: Child,
    pub addr: SocketAddr,
}

impl RunningServer {
    /// Its process id.
    ///
    /// # Errors
    /// If it has exited.
    pub fn pid(&self) -> Result<u32> {
        self.process.id().context("the program has ended")
    }
}

/// A running stand-in for Stripe.
pub struct StandIn {
    _process: Child,
    /// With a trailing slash.
    pub url: String,
    pub addr: SocketAddr,
}

impl Processes {
    /// Starts the stand-in for Stripe, whose responses take `latency`.
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

    /// Creates a database with the product's tables and demo.
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

    /// Starts the product on a database.
    ///
    /// # Errors
    /// If it does not become healthy.
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

    /// Starts one of the bare programs of this crate.
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
            // Every request names its own client address, because rate limits count by address.
            .env("TRUSTED_PROXIES", "127.0.0.1")
            .stderr(log);
        Ok(command)
    }

    /// The log of all servers.
    pub fn log(&self) -> PathBuf {
        self.folder.join("server.log")
    }
}

impl Drop for Processes {
    fn drop(&mut self) {
        // If the folder cannot be deleted, the system clears it.
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
            "{} does not respond at {addr}",
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

/// Another program could take the port in between; then the server reports it and exits.
fn free_addr() -> Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?)
}

fn cannot_start(program: &Path) -> String {
    format!("{} could not be started", program.display())
}
