//! The product's processes: started, killed, told to stop, started again.

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
const STOPS_WITHIN: Duration = Duration::from_secs(18);
/// Until a process listens to signals, on a busy machine.
const BEGINS_WITHIN: Duration = Duration::from_secs(5);
/// Until a process listens, on a busy machine.
const STARTS_WITHIN: Duration = Duration::from_secs(30);

/// One process, whether it runs or not.
struct Member {
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
        // Of one that has ended nothing is left to be set right.
        self.limit(None).ok();
    }
}

/// All of them.
pub struct Crew {
    members: Vec<Member>,
    server: PathBuf,
    env: Vec<(&'static str, String)>,
    logs: PathBuf,
}

impl Crew {
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
        let members = kinds.iter().enumerate().map(|(number, args)| {
            let free = std::net::TcpListener::bind(("127.0.0.1", 0))?;
            Ok(Member {
                name: format!("{}-{number}", args[0]),
                args: args.to_vec(),
                address: free.local_addr()?,
                child: None,
                started: Instant::now(),
            })
        });
        Ok(Self {
            members: members.collect::<anyhow::Result<_>>()?,
            server: server.to_owned(),
            env,
            logs: logs.to_owned(),
        })
    }

    pub fn size(&self) -> usize {
        self.members.len()
    }

    /// Where the web listens.
    pub fn web(&self) -> Vec<SocketAddr> {
        let web = self.members.iter();
        web.filter(|member| member.args[0] == "serve")
            .map(|member| member.address)
            .collect()
    }

    /// A subcommand of the product, and what it said.
    pub async fn order(&self, args: &[&str], listen: SocketAddr) -> anyhow::Result<String> {
        let mut command = Command::new(&self.server);
        command.args(args).envs(self.env.iter().cloned());
        command.env("LISTEN", listen.to_string()).kill_on_drop(true);
        let output = command.output().await?;
        self.log("orders")?.write_all(&output.stderr)?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let name = args.join(" ");
        ensure!(output.status.success(), "`server {name}` failed: {said}");
        Ok(said)
    }

    /// Starts what does not run.
    pub fn start(&mut self) -> anyhow::Result<()> {
        for number in 0..self.members.len() {
            if self.members[number].child.is_none() {
                self.start_one(number)?;
            }
        }
        Ok(())
    }

    /// A process that serves the database at `url` as well, until the answer is dropped.
    pub fn serve_copy(&self, url: &str, listen: SocketAddr) -> anyhow::Result<Child> {
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

    /// Starts everything on a database that was put back, and waits until it listens.
    pub async fn start_moved(&mut self) -> anyhow::Result<()> {
        let web = |member: &&mut Member| member.args[0] == "serve";
        for member in self.members.iter_mut().filter(web) {
            member.args.push("--moved");
        }
        let started = self.start();
        for member in &mut self.members {
            member.args.retain(|arg| *arg != "--moved");
        }
        started?;
        self.listens().await
    }

    fn start_one(&mut self, number: usize) -> anyhow::Result<()> {
        let member = &self.members[number];
        let mut command = Command::new(&self.server);
        command
            .args(&member.args)
            .envs(self.env.iter().cloned())
            .env("LISTEN", member.address.to_string())
            .stdin(Stdio::null())
            .stdout(self.log(&member.name)?)
            .stderr(self.log(&member.name)?)
            .kill_on_drop(true);
        let child = command.spawn().context("the product's program")?;
        self.members[number].child = Some(child);
        self.members[number].started = Instant::now();
        Ok(())
    }

    fn log(&self, name: &str) -> anyhow::Result<File> {
        let path = self.logs.join(format!("{name}.log"));
        let mut options = OpenOptions::new();
        let log = options.create(true).append(true).open(&path);
        log.with_context(|| path.display().to_string())
    }

    /// Waits until every process of the web listens.
    pub async fn listens(&mut self) -> anyhow::Result<()> {
        for address in self.web() {
            let wait = async {
                while TcpStream::connect(address).await.is_err() {
                    sleep(Duration::from_millis(20)).await;
                }
            };
            let name = || format!("nothing listens at {address}; see {}", self.logs.display());
            timeout(STARTS_WITHIN, wait).await.with_context(name)?;
        }
        Ok(())
    }

    /// Ends one at once, wherever it is, and answers whether it ran.
    pub async fn kill(&mut self, number: usize) -> anyhow::Result<bool> {
        let Some(mut child) = self.members[number].child.take() else {
            return Ok(false);
        };
        self.ran_until_now(number, &mut child)?;
        child.kill().await?;
        Ok(true)
    }

    /// Ends all of them at once.
    pub async fn kill_all(&mut self) -> anyhow::Result<u64> {
        let mut killed = 0;
        for number in 0..self.members.len() {
            killed += u64::from(self.kill(number).await?);
        }
        Ok(killed)
    }

    /// Asks one to stop, and waits for it.
    pub async fn stop(&mut self, number: usize) -> anyhow::Result<bool> {
        let Some(mut child) = self.members[number].child.take() else {
            return Ok(false);
        };
        self.ran_until_now(number, &mut child)?;
        let name = &self.members[number].name;
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        kill(Pid::from_raw(id.context("it runs")?), Signal::SIGTERM)?;
        let status = timeout(STOPS_WITHIN, child.wait()).await;
        let late = || format!("{name} did not stop within {STOPS_WITHIN:?} of SIGTERM");
        let status = status.with_context(late)??;
        // One that has just begun does not listen to signals yet, and has nothing to end.
        let began = self.members[number].started.elapsed() < BEGINS_WITHIN;
        let cut_short = began && status.signal() == Some(Signal::SIGTERM as i32);
        let ended = status.success() || cut_short;
        ensure!(ended, "{name} stopped with an error: {status}");
        Ok(true)
    }

    /// For how long one has been running.
    pub fn runs_for(&self, number: usize) -> Duration {
        let member = &self.members[number];
        let runs = member.child.as_ref().map(|_| member.started.elapsed());
        runs.unwrap_or_default()
    }

    /// Lets one that runs write to no file, as if its disk were full, until the answer is dropped.
    pub fn fill_disk(&self, number: usize) -> anyhow::Result<FullDisk> {
        let child = self.members[number].child.as_ref();
        let id = child
            .and_then(Child::id)
            .and_then(|id| i32::try_from(id).ok());
        let id = id.and_then(rustix::process::Pid::from_raw);
        let full = FullDisk(id.context("it runs")?);
        full.limit(Some(0))?;
        Ok(full)
    }

    /// A process that ends by itself is a finding of its own.
    fn ran_until_now(&self, number: usize, child: &mut Child) -> anyhow::Result<()> {
        let name = &self.members[number].name;
        match child.try_wait()? {
            None => Ok(()),
            Some(status) => bail!("{name} ended by itself: {status}"),
        }
    }
}
