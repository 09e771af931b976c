//! The product's processes: starts, kills, stops and restarts them.

use std::{
    fs::{File, OpenOptions},
    io::Write,
    net::SocketAddr,
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
    process::{Output, Stdio},
    time::Duration,
};

use anyhow::{Context, bail, ensure};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use rustix::process::{Resource, Rlimit, getrlimit, prlimit};
use tokio::{
    net::TcpStream,
    process::{Child, Command},
    time::{Instant, sleep, timeout},
};

/// How long a process may take to exit after SIGTERM: its own limit of 15 s, with a margin.
const STOP_TIMEOUT: Duration = Duration::from_secs(18);
/// How long a process may take until it handles signals, on a busy machine.
const SIGNAL_SETUP_TIME: Duration = Duration::from_secs(5);
/// How long a process may take until it listens, on a busy machine.
const START_TIMEOUT: Duration = Duration::from_secs(30);

/// One process, running or not.
struct ServerProcess {
    name: String,
    args: Vec<&'static str>,
    address: SocketAddr,
    child: Option<Child>,
    started: Instant,
}

/// Prevents a process from writing to any file. Dropping it ends the fault.
pub struct FullDisk(rustix::process::Pid);

impl FullDisk {
    fn limit(&self, bytes: Option<u64>) -> rustix::io::Result<()> {
        let maximum = getrlimit(Resource::Fsize).maximum;
        let current = bytes.or(maximum);
        let limit = Rlimit { current, maximum };
        prlimit(Some(self.0), Resource::Fsize, limit).map(|_| ())
    }
}

impl Drop for FullDisk {
    fn drop(&mut self) {
        // If the process has exited meanwhile there is nothing to reset.
        self.limit(None).ok();
    }
}

pub struct ServerProcesses {
    processes: Vec<ServerProcess>,
    server: PathBuf,
    env: Vec<(&'static str, String)>,
    logs: PathBuf,
}

impl ServerProcesses {
    /// Two web servers and two workers if they can share the database, else one process for
    /// everything. They are not started yet.
    pub fn new(
        server: &Path,
        env: Vec<(&'static str, String)>,
        logs: &Path,
        shared: bool,
    ) -> anyhow::Result<Self> {
        let kinds: &[&[&'static str]] = match shared {
            true => &[
                &["serve", "--no-worker"],
                &["serve", "--no-worker"],
                &["worker"],
                &["worker"],
            ],
            false => &[&["serve"]],
        };
        let processes = kinds.iter().enumerate().map(|(index, args)| {
            let free = std::net::TcpListener::bind(("127.0.0.1", 0))?;
            Ok(ServerProcess {
                name: format!("{}-{index}", args[0]),
                args: args.to_vec(),
                address: free.local_addr()?,
                child: None,
                started: Instant::now(),
            })
        });
        Ok(Self {
            processes: processes.collect::<anyhow::Result<_>>()?,
            server: server.to_owned(),
            env,
            logs: logs.to_owned(),
        })
    }

    pub fn count(&self) -> usize {
        self.processes.len()
    }

    /// The addresses on which the web servers listen.
    pub fn web_addresses(&self) -> Vec<SocketAddr> {
        let processes = self.processes.iter();
        processes
            .filter(|process| process.args[0] == "serve")
            .map(|process| process.address)
            .collect()
    }

    /// Runs a subcommand of the product and returns its output.
    pub async fn run_command(&self, args: &[&str], listen: SocketAddr) -> anyhow::Result<String> {
        let result = self.try_command(args, listen).await?;
        let output = String::from_utf8_lossy(&result.stdout).into_owned();
        let name = args.join(" ");
        ensure!(result.status.success(), "`server {name}` failed: {output}");
        Ok(output)
    }

    /// Runs a subcommand of the product, which may fail.
    pub async fn try_command(&self, args: &[&str], listen: SocketAddr) -> anyhow::Result<Output> {
        let mut command = Command::new(&self.server);
        command.args(args).envs(self.env.iter().cloned());
        command.env("LISTEN", listen.to_string()).kill_on_drop(true);
        let result = command.output().await?;
        self.log("commands")?.write_all(&result.stderr)?;
        Ok(result)
    }

    /// Starts the processes that are not running.
    pub fn start(&mut self) -> anyhow::Result<()> {
        for index in 0..self.processes.len() {
            if self.processes[index].child.is_none() {
                self.start_process(index)?;
            }
        }
        Ok(())
    }

    /// Starts a further process that serves the database at `url`. Dropping the child kills it.
    pub fn serve_clone(&self, url: &str, listen: SocketAddr) -> anyhow::Result<Child> {
        let mut command = Command::new(&self.server);
        command
            .arg("serve")
            .envs(self.env.iter().cloned())
            .env("DATABASE_URL", url)
            .env("LISTEN", listen.to_string())
            .stdin(Stdio::null())
            .stdout(self.log("clone")?)
            .stderr(self.log("clone")?)
            .kill_on_drop(true);
        command.spawn().context("the product's program")
    }

    /// Starts all processes on a restored database (`--moved`) and waits until they listen.
    pub async fn start_after_restore(&mut self) -> anyhow::Result<()> {
        let is_web = |process: &&mut ServerProcess| process.args[0] == "serve";
        for process in self.processes.iter_mut().filter(is_web) {
            process.args.push("--moved");
        }
        let started = self.start();
        for process in &mut self.processes {
            process.args.retain(|arg| *arg != "--moved");
        }
        started?;
        self.wait_until_listening().await
    }

    fn start_process(&mut self, index: usize) -> anyhow::Result<()> {
        let process = &self.processes[index];
        let mut command = Command::new(&self.server);
        command
            .args(&process.args)
            .envs(self.env.iter().cloned())
            .env("LISTEN", process.address.to_string())
            .stdin(Stdio::null())
            .stdout(self.log(&process.name)?)
            .stderr(self.log(&process.name)?)
            .kill_on_drop(true);
        let child = command.spawn().context("the product's program")?;
        self.processes[index].child = Some(child);
        self.processes[index].started = Instant::now();
        Ok(())
    }

    fn log(&self, name: &str) -> anyhow::Result<File> {
        let path = self.logs.join(format!("{name}.log"));
        let mut options = OpenOptions::new();
        let log = options.create(true).append(true).open(&path);
        log.with_context(|| path.display().to_string())
    }

    /// Waits until all web servers listen.
    pub async fn wait_until_listening(&mut self) -> anyhow::Result<()> {
        for address in self.web_addresses() {
            let wait = async {
                while TcpStream::connect(address).await.is_err() {
                    sleep(Duration::from_millis(20)).await;
                }
            };
            let name = || format!("nothing listens at {address}; see {}", self.logs.display());
            timeout(START_TIMEOUT, wait).await.with_context(name)?;
        }
        Ok(())
    }

    /// Kills a process. Returns whether it was running.
    pub async fn kill(&mut self, index: usize) -> anyhow::Result<bool> {
        let Some(mut child) = self.processes[index].child.take() else {
            return Ok(false);
        };
        self.require_running(index, &mut child)?;
        child.kill().await?;
        Ok(true)
    }

    /// Kills all processes. Returns how many were running.
    pub async fn kill_all(&mut self) -> anyhow::Result<u64> {
        let mut killed = 0;
        for index in 0..self.processes.len() {
            killed += u64::from(self.kill(index).await?);
        }
        Ok(killed)
    }

    /// Sends SIGTERM to a process and waits until it exits. Returns whether it was running.
    pub async fn stop(&mut self, index: usize) -> anyhow::Result<bool> {
        let Some(mut child) = self.processes[index].child.take() else {
            return Ok(false);
        };
        self.require_running(index, &mut child)?;
        let name = &self.processes[index].name;
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        kill(Pid::from_raw(id.context("it runs")?), Signal::SIGTERM)?;
        let status = timeout(STOP_TIMEOUT, child.wait()).await;
        let late = || format!("{name} did not stop within {STOP_TIMEOUT:?} of SIGTERM");
        let status = status.with_context(late)??;
        // A process that has just started does not handle signals yet and has nothing to finish.
        let just_started = self.processes[index].started.elapsed() < SIGNAL_SETUP_TIME;
        let cut_short = just_started && status.signal() == Some(Signal::SIGTERM as i32);
        let stopped_cleanly = status.success() || cut_short;
        ensure!(stopped_cleanly, "{name} stopped with an error: {status}");
        Ok(true)
    }

    /// How long the process has been running; zero if it is not running.
    pub fn uptime(&self, index: usize) -> Duration {
        let process = &self.processes[index];
        let runs = process.child.as_ref().map(|_| process.started.elapsed());
        runs.unwrap_or_default()
    }

    /// Prevents a running process from writing to any file, as if the disk were full, until the
    /// result is dropped.
    pub fn fill_disk(&self, index: usize) -> anyhow::Result<FullDisk> {
        let child = self.processes[index].child.as_ref();
        let id = child
            .and_then(Child::id)
            .and_then(|id| i32::try_from(id).ok());
        let id = id.and_then(rustix::process::Pid::from_raw);
        let full = FullDisk(id.context("it runs")?);
        full.limit(Some(0))?;
        Ok(full)
    }

    /// A process that exited by itself is an error.
    fn require_running(&self, index: usize, child: &mut Child) -> anyhow::Result<()> {
        let name = &self.processes[index].name;
        match child.try_wait()? {
            None => Ok(()),
            Some(status) => bail!("{name} exited by itself: {status}"),
        }
    }
}
