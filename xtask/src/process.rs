//! Starting other programs, and being sure that they end when we do.

use std::{
    io::{BufRead, BufReader, Read, Write},
    os::unix::process::CommandExt,
    process::{Child, ChildStdout, Command, Stdio},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use nix::{
    sys::signal::{Signal, killpg},
    unistd::Pid,
};

static LIVE: Mutex<Vec<u32>> = Mutex::new(Vec::new());
static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Turns Ctrl-C into a request to stop, so that destructors run and nothing stays behind.
pub fn stop_on_interrupt() -> Result<()> {
    ctrlc::set_handler(|| {
        INTERRUPTED.store(true, Ordering::SeqCst);
        for &group in live().iter() {
            signal(group, Signal::SIGTERM);
        }
    })
    .context("the handler of Ctrl-C could not be set")
}

/// Whether the person asked us to stop.
pub fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}

/// Runs a program on our terminal and expects it to succeed.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| cannot_start(command))?;
    if !status.success() {
        bail!("`{}` failed, see above", line(command));
    }
    Ok(())
}

/// Runs a program on our terminal, ends it early once `cancelled` answers true, and expects it to
/// succeed.
pub fn run_unless(command: &mut Command, cancelled: &dyn Fn() -> bool) -> Result<()> {
    let mut group = Group::spawn(command)?;
    loop {
        if cancelled() {
            bail!("`{}` was canceled", group.name);
        }
        if let Some(status) = group.child.try_wait()? {
            if !status.success() {
                bail!("`{}` failed, see above", group.name);
            }
            return Ok(());
        }
        thread::sleep(Duration::from_millis(20));
    }
}

/// What a program wrote and whether it succeeded.
pub struct Finished {
    pub ok: bool,
    pub lines: Vec<String>,
}

/// Runs a program while showing and capturing what it writes.
pub fn run_and_capture(command: &mut Command) -> Result<Finished> {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut group = Group::spawn(command)?;
    let captured = Arc::new(Mutex::new(Vec::new()));
    let readers = [
        group.child.stdout.take().map(|out| tee(out, &captured)),
        group.child.stderr.take().map(|err| tee(err, &captured)),
    ];
    let status = group.child.wait()?;
    // A leftover grandchild would hold the pipes open for ever.
    group.stop();
    for reader in readers.into_iter().flatten() {
        let _ = reader.join();
    }
    if interrupted() {
        bail!("interrupted");
    }
    let lines = std::mem::take(&mut *captured.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(Finished {
        ok: status.success(),
        lines,
    })
}

fn tee(
    from: impl Read + Send + 'static,
    captured: &Arc<Mutex<Vec<String>>>,
) -> thread::JoinHandle<()> {
    let captured = Arc::clone(captured);
    thread::spawn(move || {
        let mut from = BufReader::new(from);
        let mut bytes = Vec::new();
        while matches!(from.read_until(b'\n', &mut bytes), Ok(1..)) {
            let text = String::from_utf8_lossy(&bytes).trim_end().to_owned();
            let _ = writeln!(std::io::stdout(), "{text}");
            captured
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(text);
            bytes.clear();
        }
    })
}

/// A program and all that it starts; ends when dropped.
pub struct Group {
    name: String,
    child: Child,
}

impl Group {
    /// Starts the program in a process group of its own, out of reach of the terminal's Ctrl-C,
    /// so that we decide in which order things end.
    pub fn spawn(command: &mut Command) -> Result<Self> {
        let name = line(command);
        command.process_group(0).stdin(Stdio::null());
        let child = command.spawn().with_context(|| cannot_start(command))?;
        live().push(child.id());
        Ok(Self { name, child })
    }

    /// The program's piped output, once.
    pub fn stdout(&mut self) -> Option<ChildStdout> {
        self.child.stdout.take()
    }

    /// Fails when the program has ended by itself.
    pub fn check(&mut self) -> Result<()> {
        match self.child.try_wait()? {
            Some(status) => bail!("`{}` ended with {status}", self.name),
            None => Ok(()),
        }
    }

    fn stop(&mut self) {
        let group = self.child.id();
        signal(group, Signal::SIGTERM);
        let patience = Instant::now() + Duration::from_secs(8);
        while matches!(self.child.try_wait(), Ok(None)) {
            if Instant::now() > patience {
                break;
            }
            thread::sleep(Duration::from_millis(20));
        }
        signal(group, Signal::SIGKILL);
        let _ = self.child.wait();
        live().retain(|&other| other != group);
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.stop();
    }
}

fn live() -> std::sync::MutexGuard<'static, Vec<u32>> {
    LIVE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn signal(group: u32, signal: Signal) {
    if let Ok(group) = i32::try_from(group) {
        let _ = killpg(Pid::from_raw(group), signal);
    }
}

fn line(command: &Command) -> String {
    let mut line = command.get_program().to_string_lossy().into_owned();
    if let Some((_, name)) = line.rsplit_once('/') {
        line = name.to_owned();
    }
    for arg in command.get_args() {
        line.push(' ');
        line.push_str(&arg.to_string_lossy());
    }
    line
}

fn cannot_start(command: &Command) -> String {
    format!("`{}` could not be started; is it installed?", line(command))
}
