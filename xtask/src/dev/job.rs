//! Compiling in the background, so that a style can be shown meanwhile.

use std::{
    fs,
    path::PathBuf,
    process::Command,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
};

use anyhow::{Context, Result, anyhow};

use super::change::Outdated;
use crate::{
    artifacts::{self, Output, Profile, Runner},
    process,
    settings::Settings,
};

static BOUND: Mutex<()> = Mutex::new(());

/// Keeps a job from writing what wasm-bindgen makes while it is read.
pub fn bound_files() -> MutexGuard<'static, ()> {
    BOUND.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A build of what is out of date; cancelled when dropped.
pub struct Job {
    pub outdated: Outdated,
    cancelled: Arc<AtomicBool>,
    thread: Option<JoinHandle<Result<()>>>,
}

impl Job {
    /// Starts compiling. The browser's part and the server are compiled side by side: each is a
    /// chain of crates that keeps one core busy.
    pub fn start(settings: Arc<Settings>, outdated: Outdated) -> Self {
        let cancelled = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&cancelled);
        let thread = thread::spawn(move || {
            let stop = || flag.load(Ordering::SeqCst) || process::interrupted();
            let run = |command: &mut Command| {
                // Two of them would write over each other's progress bars.
                command.env("CARGO_TERM_PROGRESS_WHEN", "never");
                process::run_unless(command, &stop)
            };
            compile(&settings, outdated, &run)
        });
        Self {
            outdated,
            cancelled,
            thread: Some(thread),
        }
    }

    pub fn is_finished(&self) -> bool {
        self.thread.as_ref().is_none_or(JoinHandle::is_finished)
    }

    /// Waits for the end.
    pub fn join(mut self) -> Result<()> {
        let thread = self.thread.take().context("a job ends once")?;
        thread.join().map_err(|_| anyhow!("the build panicked"))?
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        self.cancelled.store(true, Ordering::SeqCst);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn compile(
    settings: &Settings,
    outdated: Outdated,
    run: &(dyn Fn(&mut Command) -> Result<()> + Sync),
) -> Result<()> {
    thread::scope(|scope| {
        let wasm = outdated
            .wasm
            .then(|| scope.spawn(|| browser_part(settings, &run)));
        let server = match outdated.server {
            true => artifacts::binaries(settings, Profile::Dev, &run).map(drop),
            false => Ok(()),
        };
        let wasm = wasm.map_or(Ok(()), |wasm| {
            wasm.join().map_err(|_| anyhow!("the build panicked"))?
        });
        server.and(wasm)
    })
}

fn browser_part(settings: &Settings, run: Runner) -> Result<()> {
    let output = Output::watched(settings);
    artifacts::check_wasm(settings)?;
    for entry in output.entries(settings.leptos()) {
        artifacts::compile(settings, &output, &entry, run)?;
        let _writing = bound_files();
        artifacts::bind(settings, &output, &entry)?;
    }
    Ok(())
}

/// Where the server runs from: away from cargo's folder, in which tests and other builds replace the
/// program and the hash file beside it.
pub fn server_program(settings: &Settings) -> PathBuf {
    settings
        .stage("dev")
        .join("bin")
        .join(&settings.leptos().bin_package)
}

/// Copies the server as cargo left it to where it runs from.
pub fn install_server(settings: &Settings) -> Result<()> {
    let to = server_program(settings);
    let from = settings
        .target
        .join("debug")
        .join(&settings.leptos().bin_package);
    let folder = to.parent().context("the server's program has no folder")?;
    fs::create_dir_all(folder)?;
    // A program that runs cannot be written to, but it can be replaced.
    let _ = fs::remove_file(&to);
    fs::copy(&from, &to)
        .map(drop)
        .with_context(|| format!("cannot copy {}", from.display()))
}
