//! The stand-in's contract and the scenarios in browsers, and what the steps with Node.js share.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    time::SystemTime,
};

use anyhow::{Context, Result, ensure};

use super::{Gate, tally::Tally};
use crate::{apt::apt_install, artifacts::Runner, memory::quickest_folder, torture::libfaketime};

/// A browser, and where a machine may have it.
struct Browser {
    /// The environment variable that names its program.
    variable: &'static str,
    names: &'static [&'static str],
    on_mac: &'static str,
}

const CHROMIUM: Browser = Browser {
    variable: "CHROMIUM_PATH",
    names: &[
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
    ],
    on_mac: "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
};
const FIREFOX: Browser = Browser {
    variable: "FIREFOX_PATH",
    names: &["firefox-esr", "firefox"],
    on_mac: "/Applications/Firefox.app/Contents/MacOS/firefox",
};

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

/// Plays the guide's scenarios; each Playwright worker starts servers of its own.
pub fn scenarios(gate: &mut Gate) -> Result<Tally> {
    let mut playwright = playwright(gate, &[])?;
    let folder = gate.settings.root.join("end2end");
    fallback_font()?;
    // The clock of those scenarios in which days pass.
    libfaketime()?;
    if let Some(program) = chromium(&folder, &runner(gate))? {
        playwright.env(CHROMIUM.variable, program);
    }
    gate.count(&mut playwright)
}

/// Arial, or Liberation Sans, which is as wide: pages show it until their own font has come. Only a Linux can lack it,
/// and then a test of what moves at that moment would tell nothing.
fn fallback_font() -> Result<()> {
    let mut search = Command::new("fc-match");
    let Ok(found) = search.args(["--format=%{family}", "Arial"]).output() else {
        return Ok(());
    };
    let family = String::from_utf8_lossy(&found.stdout).into_owned();
    if family.contains("Arial") || family.contains("Liberation Sans") {
        return Ok(());
    }
    apt_install("fonts-liberation")
}

/// Plays a few of them in Firefox.
pub fn firefox(gate: &mut Gate) -> Result<Tally> {
    let mut playwright = playwright(gate, &["--config=firefox.config.ts"])?;
    if FIREFOX.find().is_none() {
        apt_install("firefox-esr")?;
    }
    let program = FIREFOX
        .find()
        .context("no Firefox was found; install one, or set FIREFOX_PATH")?;
    gate.count(playwright.env(FIREFOX.variable, program))
}

/// Playwright with the programs that its worlds consist of.
fn playwright(gate: &mut Gate, args: &[&str]) -> Result<Command> {
    let built = gate.built()?;
    let folder = gate.settings.root.join("end2end");
    npm_install(&folder, &runner(gate))?;
    let settings = &gate.settings;
    let mut playwright = Command::new("npx");
    playwright
        .args(["playwright", "test", "--reporter=list"])
        .args(args)
        .current_dir(&folder)
        .envs(settings.leptos_env(settings.leptos().site_addr, &settings.site_root()))
        .env("TMPDIR", quickest_folder())
        .env("PEWPROS_SERVER_BIN", built.server)
        .env("PEWPROS_STAND_IN_BIN", built.stand_in)
        .env("PEWPROS_MAILBOX_BIN", built.mailbox);
    Ok(playwright)
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
    if let Some(found) = CHROMIUM.find() {
        return Ok(Some(found));
    }
    if apt_install("chromium").is_ok()
        && let Some(found) = CHROMIUM.find()
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

impl Browser {
    /// Its program on this machine.
    fn find(&self) -> Option<PathBuf> {
        if let Some(chosen) = env::var_os(self.variable) {
            return Some(chosen.into());
        }
        let path = env::var_os("PATH").unwrap_or_default();
        self.names
            .iter()
            .flat_map(|name| env::split_paths(&path).map(move |folder| folder.join(name)))
            .chain([PathBuf::from(self.on_mac)])
            .find(|program| program.is_file())
    }
}
