//! The programs of the demo and their environment.

use std::{
    fs::{self, OpenOptions},
    io::{BufRead, BufReader, Write},
    net::{Ipv4Addr, SocketAddr},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
};

use anyhow::{Context, Result, ensure};

use super::wait;
use crate::{artifacts::Built, process::Group, settings::Settings};

const STAND_IN_PORT: u16 = 4242;
const MAILBOX_PORT: u16 = 4280;

/// The sender of the demo's mails.
pub const MAIL_FROM: &str = "no-reply@pewpros.example";

pub struct StandIn {
    pub url: String,
    pub group: Group,
}

/// Starts the stand-in; its first line says where it listens once it does.
pub fn stand_in(built: &Built, data: &Path) -> Result<StandIn> {
    let port = wait::free_port_from(SocketAddr::from((Ipv4Addr::LOCALHOST, STAND_IN_PORT)))?;
    let mut command = Command::new(&built.stand_in);
    command
        .args(["--port", &port.to_string(), "--books"])
        .arg(data.join("stripe.json"))
        .stdout(Stdio::piped());
    let mut group = Group::spawn(&mut command)?;
    let url = first_line(&mut group)?;
    ensure!(
        url.starts_with("http"),
        "Stripe's stand-in did not start, see above"
    );
    Ok(StandIn { url, group })
}

/// Where the demo's mails end.
pub struct Mailbox {
    pub smtp_url: String,
    pub page_url: String,
    pub group: Group,
}

/// Starts the mailbox; its first line says where it listens.
pub fn mailbox(built: &Built) -> Result<Mailbox> {
    let port = wait::free_port_from(SocketAddr::from((Ipv4Addr::LOCALHOST, MAILBOX_PORT)))?;
    let mut command = Command::new(&built.mailbox);
    command
        .args(["--http-port", &port.to_string()])
        .stdout(Stdio::piped());
    let mut group = Group::spawn(&mut command)?;
    let line = first_line(&mut group)?;
    let (smtp_url, page_url) = line
        .split_once(' ')
        .context("the mailbox did not start, see above")?;
    Ok(Mailbox {
        smtp_url: smtp_url.to_owned(),
        page_url: page_url.to_owned(),
        group,
    })
}

/// The first line of a program's output. The others are shown: a pipe must be read on, or the program
/// stops when it is full.
fn first_line(group: &mut Group) -> Result<String> {
    let mut lines = BufReader::new(group.stdout().context("a program has no output")?);
    let mut line = String::new();
    lines.read_line(&mut line)?;
    thread::spawn(move || {
        lines
            .lines()
            .map_while(Result::ok)
            .for_each(|line| println!("{line}"))
    });
    Ok(line.trim().to_owned())
}

/// How the server is called in this demo.
pub struct Server {
    program: PathBuf,
    addr: SocketAddr,
    env: Vec<(&'static str, String)>,
}

impl Server {
    /// Puts the environment together; makes the secret on the first run.
    pub fn new(
        settings: &Settings,
        built: &Built,
        data: &Path,
        addr: SocketAddr,
        stripe: &str,
    ) -> Result<Self> {
        let mut env = settings.leptos_env(addr, &built.site);
        let database = data.join("pewpros.db");
        env.extend([
            (
                "DATABASE_URL",
                format!("sqlite://{}?mode=rwc", database.display()),
            ),
            ("APP_SECRET", secret(&data.join("app-secret"))?),
            ("LISTEN", addr.to_string()),
            ("STRIPE_API_BASE", stripe.to_owned()),
            ("SIMULATED_PAYMENTS", "true".to_owned()),
        ]);
        Ok(Self {
            program: built.server.clone(),
            addr,
            env,
        })
    }

    /// The same with more variables in its environment.
    pub fn with_env(mut self, more: &[(&'static str, &str)]) -> Self {
        let more = more
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()));
        self.env.extend(more);
        self
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(args).envs(self.env.iter().cloned());
        command
    }

    /// Runs a subcommand and returns its standard output.
    pub fn output(&self, args: &[&str]) -> Result<String> {
        let output = self.command(args).stderr(Stdio::inherit()).output()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        ensure!(
            output.status.success(),
            "`server {}` failed, see above\n{text}",
            args.join(" ")
        );
        Ok(text)
    }

    /// Starts the site and returns once it is healthy.
    pub fn serve(&self) -> Result<Group> {
        // The folder may have been moved or copied, demo and all; its Stripe is a stand-in.
        let mut group = Group::spawn(&mut self.command(&["serve", "--moved"]))?;
        wait::until_healthy(self.addr, &mut group)?;
        Ok(group)
    }
}

/// The key that encrypts what the database keeps secret; without it the data cannot be read again,
/// so it is made once and only its owner may read it.
fn secret(path: &Path) -> Result<String> {
    if let Ok(secret) = fs::read_to_string(path) {
        return Ok(secret.trim().to_owned());
    }
    let mut random = [0u8; 32];
    getrandom::fill(&mut random).context("this machine has no source of randomness")?;
    let secret: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .with_context(|| format!("cannot create {}", path.display()))?;
    file.write_all(secret.as_bytes())?;
    Ok(secret)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_secret_is_made_once_and_is_private() {
        let path = std::env::temp_dir().join(format!("xtask-secret-{}", std::process::id()));
        let first = secret(&path).unwrap();
        let second = secret(&path).unwrap();
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        fs::remove_file(&path).unwrap();
        assert_eq!(first, second);
        assert_eq!(first.len(), 64);
        assert_eq!(mode & 0o777, 0o600);
    }
}
