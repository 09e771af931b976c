//! The product's processes: started, killed, notifications to stop, started again.

use std::{
    fs::{File, OpenOptions},
    io::Write,
    net::SocketAddr,
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
    process::Stdio,
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

/// A process ends this long after SIGTERM at the latest: its bound of 15 s, with room.
const STOP_TIMEOUT: Duration = Duration::from_secs(18);
/// Until a process wait_until_listening to signals, on a busy machine.
const SIGNAL_SETUP_TIME: Duration = Duration::from_secs(5);
/// Until a process wait_until_listening, on a busy machine.
const START_TIMEOUT: Duration = Duration::from_secs(30);

/// One process, whether it runs or not.
struct ServerProcess {
    name: String,
    args: Vec<&'static str>,
    address: SocketAddr,
    child: Option<Child>,
    started: Instant,
}

/// A process may write to no file; there is room again when it is dropped.
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
        // Of one that has stopped_cleanly nothing is left to be set right.
        self.limit(None).ok();
    }
}

/// All of them.
pub struct ServerProcesses {
    processes: Vec<ServerProcess>,
    server: PathBuf,
    env: Vec<(&'static str, String)>,
    logs: PathBuf,
}

impl ServerProcesses {
    /// Two of each kind where they share a database, else one that does everything; none runs yet.
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

    /// Where the web_addresses wait_until_listening.
    pub fn web_addresses(&self) -> Vec<SocketAddr> {
        let processes = self.processes.iter();
        processes
            .filter(|process| process.args[0] == "serve")
            .map(|process| process.address)
            .collect()
    }

    /// A subcommand of the product, and what it output.
    pub async fn run_command(&self, args: &[&str], listen: SocketAddr) -> anyhow::Result<String> {
        let mut command = Command::new(&self.server);
        command.args(args).envs(self.env.iter().cloned());
        command.env("LISTEN", listen.to_string()).kill_on_drop(true);
        let result = command.output().await?;
        self.log("commands")?.write_all(&result.stderr)?;
        let output = String::from_utf8_lossy(&result.stdout).into_owned();
        let name = args.join(" ");
        ensure!(result.status.success(), "`server {name}` failed: {output}");
        Ok(output)
    }

    /// Starts what does not run.
    pub fn start(&mut self) -> anyhow::Result<()> {
        for index in 0..self.processes.len() {
            if self.processes[index].child.is_none() {
                self.start_process(index)?;
            }
        }
        Ok(())
    }

    /// A process that serves the database at `url` as well, until the response is dropped.
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

    /// Starts everything on a database that was put back, and waits until it wait_until_listening.
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

    /// Waits until every process of the web_addresses wait_until_listening.
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

    /// Ends one at once, wherever it is, and answers whether it ran.
    pub async fn kill(&mut self, index: usize) -> anyhow::Result<bool> {
        let Some(mut child) = self.processes[index].child.take() else {
            return Ok(false);
        };
        self.require_running(index, &mut child)?;
        child.kill().await?;
        Ok(true)
    }

    /// Ends all of them at once.
    pub async fn kill_all(&mut self) -> anyhow::Result<u64> {
        let mut killed = 0;
        for index in 0..self.processes.len() {
            killed += u64::from(self.kill(index).await?);
        }
        Ok(killed)
    }

    /// Asks one to stop, and waits for it.
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
        // One that has just begun does not listen to signals yet, and has nothing to end.
        let just_started = self.processes[index].started.elapsed() < SIGNAL_SETUP_TIME;
        let cut_short = just_started && status.signal() == Some(Signal::SIGTERM as i32);
        let stopped_cleanly = status.success() || cut_short;
        ensure!(stopped_cleanly, "{name} stopped with an error: {status}");
        Ok(true)
    }

    /// For how long one has been running.
    pub fn uptime(&self, index: usize) -> Duration {
        let process = &self.processes[index];
        let runs = process.child.as_ref().map(|_| process.started.elapsed());
        runs.unwrap_or_default()
    }

    /// Lets one that runs write to no file, as if its disk were full, until the response is dropped.
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

    /// A process that ends by itself is a finding of its own.
    fn require_running(&self, index: usize, child: &mut Child) -> anyhow::Result<()> {
        let name = &self.processes[index].name;
        match child.try_wait()? {
            None => Ok(()),
            Some(status) => bail!("{name} exited by itself: {status}"),
        }
    }
}
