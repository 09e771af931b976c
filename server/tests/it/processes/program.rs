//! The program, run as a process of its own.

use std::{
    fs::File,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    process::Stdio,
    time::Duration,
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use rustix::process::{Resource, Rlimit, getrlimit, prlimit};
use server_core::config::Config;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, ChildStderr, Command},
    sync::watch,
    time::timeout,
};

/// How long a test waits for a process.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// The address to listen on if any free port will do.
pub const ANYWHERE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// A process that is killed when it is dropped.
pub struct Process {
    child: Child,
    /// Every line that it logged so far; closed when the process has ended.
    log: watch::Receiver<Vec<String>>,
}

impl Process {
    /// Starts the program with these settings, without the test's own environment.
    pub fn start(config: &Config, arguments: &[&str]) -> Self {
        let mut command = Self::command(config, arguments);
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let log = follow(child.stderr.take().expect("piped"));
        Self { child, log }
    }

    /// Does the same, and writes the log to a file.
    pub fn start_with_log(config: &Config, arguments: &[&str], file: File) -> Self {
        let mut command = Self::command(config, arguments);
        let child = command.stderr(file).spawn().unwrap();
        let (_, log) = watch::channel(Vec::new());
        Self { child, log }
    }

    fn command(config: &Config, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_server"));
        command
            .args(arguments)
            .env_clear()
            .env("DATABASE_URL", &config.database_url)
            .env("APP_SECRET", &config.app_secret)
            .env(
                "APP_SECRET_OLD",
                config.app_secret_old().unwrap_or_default(),
            )
            .env("LISTEN", config.listen.to_string())
            .env("STRIPE_API_BASE", &config.stripe_api_base)
            .env("SIMULATED_PAYMENTS", "true")
            // sea-orm logs each migration at this level as it begins.
            .env("RUST_LOG", "info,sqlx=warn,apalis=warn")
            .env("NO_COLOR", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true);
        command
    }

    /// Runs `server serve` at `listen`.
    pub fn serve(config: &Config, listen: SocketAddr, options: &[&str]) -> Self {
        let config = Config {
            listen,
            ..config.clone()
        };
        Self::start(&config, &[&["serve"][..], options].concat())
    }

    /// The address that the process listens on; waits until its database answers.
    pub async fn address(&self) -> SocketAddr {
        const SAID: &str = "listening on http://";
        let line = self.says(SAID).await;
        let (_, address) = line.split_once(SAID).unwrap();
        let health = reqwest::get(format!("http://{address}/healthz")).await;
        assert_eq!(health.unwrap().status(), 200);
        address.parse().unwrap()
    }

    /// Waits for a line of the log that contains `text`.
    pub async fn says(&self, text: &str) -> String {
        let mut log = self.log.clone();
        let wanted = |line: &String| line.contains(text);
        let said = async {
            let lines = log.wait_for(|lines| lines.iter().any(wanted)).await.ok()?;
            lines.iter().find(|line| wanted(line)).cloned()
        };
        match timeout(PATIENCE, said).await {
            Ok(Some(line)) => line,
            _ => panic!("never said {text:?}:\n{}", self.output()),
        }
    }

    /// Sends SIGKILL, and waits until the process is gone.
    pub async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// Sends SIGTERM.
    pub fn terminate(&self) {
        let id = self.child.id().expect("not waited for yet");
        kill(Pid::from_raw(id.try_into().unwrap()), Signal::SIGTERM).unwrap();
    }

    /// Sets whether the process may write to files; if not, writes fail as on a full disk.
    pub fn may_write(&self, may: bool) {
        let id = self.child.id().expect("not waited for yet");
        let id = rustix::process::Pid::from_raw(id.try_into().unwrap());
        let was = getrlimit(Resource::Fsize);
        let limit = Rlimit {
            current: if may { was.maximum } else { Some(0) },
            maximum: was.maximum,
        };
        prlimit(id, Resource::Fsize, limit).unwrap();
    }

    /// Waits until the process ends, with exit status 0.
    pub async fn succeeds(mut self) {
        let ended = timeout(PATIENCE, self.child.wait()).await;
        let Ok(status) = ended else {
            panic!("does not end:\n{}", self.output())
        };
        while self.log.changed().await.is_ok() {}
        let status = status.unwrap();
        assert!(status.success(), "{status}:\n{}", self.output());
    }

    /// Waits until the process ends, with another exit status; returns its log.
    pub async fn fails(mut self) -> String {
        let ended = timeout(PATIENCE, self.child.wait()).await;
        let Ok(status) = ended else {
            panic!("does not end:\n{}", self.output())
        };
        while self.log.changed().await.is_ok() {}
        assert!(!status.unwrap().success(), "{}", self.output());
        self.output()
    }

    /// What the process has logged so far.
    pub fn output(&self) -> String {
        self.log.borrow().join("\n")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("what the process said:\n{}", self.output());
        }
    }
}

fn follow(stderr: ChildStderr) -> watch::Receiver<Vec<String>> {
    let (writer, log) = watch::channel(Vec::new());
    tokio::spawn(async move {
        let mut lines = BufReader::new(stderr).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            writer.send_modify(|log| log.push(line));
        }
    });
    log
}
