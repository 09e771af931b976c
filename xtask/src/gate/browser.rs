//! The stand-in's contract and the scenarios in a browser, and what the steps with Node.js share.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    time::SystemTime,
};

use anyhow::{Context, Result, ensure};

use super::{Gate, tally::Tally};
use crate::{apt::apt_install, artifacts::Runner, memory::quickest_folder};

const CHROMIUM_NAMES: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];
const CHROME_ON_MAC: &str = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

/// Asks Stripe's own node library what it thinks of the stand-in.
pub fn contract(gate: &mut Gate) -> Result<Tally> {
    let built = gate.built()?;
    let folder = gate.settings.root.join("end2end/stripe/contract");
    npm_install(&folder, &runner(gate))?;
    let mut node = Command::new("node");
    node.args(["--test", "--test-reporter=spec"])
        .current_dir(&folder);
    gate.count(node.env("STAND_IN_BIN", built.stand_in))
}

/// Plays the guide's scenarios; their global setup starts servers of its own.
pub fn scenarios(gate: &mut Gate) -> Result<Tally> {
    let built = gate.built()?;
    let folder = gate.settings.root.join("end2end");
    npm_install(&folder, &runner(gate))?;
    let chromium = chromium(&folder, &runner(gate))?;
    let settings = &gate.settings;
    let mut playwright = Command::new("npx");
    playwright
        .args(["playwright", "test", "--reporter=list"])
        .current_dir(&folder)
        .envs(settings.leptos_env(settings.leptos().site_addr, &settings.site_root()))
        .env("TMPDIR", quickest_folder())
        .env("PEWPROS_SERVER_BIN", built.server)
        .env("PEWPROS_STAND_IN_BIN", built.stand_in)
        .env("PEWPROS_MAILBOX_BIN", built.mailbox);
    if let Some(chromium) = chromium {
        playwright.env("CHROMIUM_PATH", chromium);
    }
    gate.count(&mut playwright)
}

/// Runs commands as part of the running step.
pub fn runner(gate: &Gate) -> impl Fn(&mut Command) -> Result<()> {
    |command| gate.check(command).map(drop)
}

/// `npm ci`, unless what is installed is newer than the lock file.
pub fn npm_install(folder: &Path, run: Runner) -> Result<()> {
    ensure!(
        folder.join("package-lock.json").is_file(),
        "{} has no package-lock.json; run `npm install` there and commit it",
        folder.display()
    );
    let age = |file: &str| -> Option<SystemTime> {
        fs::metadata(folder.join(file)).ok()?.modified().ok()
    };
    if age("node_modules/.package-lock.json") > age("package-lock.json") {
        return Ok(());
    }
    let mut npm = Command::new("npm");
    npm.args(["ci", "--no-audit", "--no-fund"])
        .current_dir(folder)
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    run(&mut npm).context("npm ci failed; it needs Node.js 20 or newer")
}

/// A Chromium of this machine, or None once Playwright has its own.
pub fn chromium(folder: &Path, run: Runner) -> Result<Option<PathBuf>> {
    if let Some(found) = find_chromium() {
        return Ok(Some(found));
    }
    if apt_install("chromium").is_ok()
        && let Some(found) = find_chromium()
    {
        return Ok(Some(found));
    }
    let mut playwright = Command::new("npx");
    playwright
        .args(["playwright", "install", "chromium"])
        .current_dir(folder);
    run(&mut playwright).context(
        "no Chromium was found; install one, e.g. `sudo apt-get install chromium`, or set CHROMIUM_PATH",
    )?;
    Ok(None)
}

/// A Chromium of this machine.
fn find_chromium() -> Option<PathBuf> {
    if let Some(chosen) = env::var_os("CHROMIUM_PATH") {
        return Some(chosen.into());
    }
    let path = env::var_os("PATH").unwrap_or_default();
    CHROMIUM_NAMES
        .iter()
        .flat_map(|name| env::split_paths(&path).map(move |folder| folder.join(name)))
        .chain([PathBuf::from(CHROME_ON_MAC)])
        .find(|program| program.is_file())
}
