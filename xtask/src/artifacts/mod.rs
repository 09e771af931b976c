//! From sources to a server binary and the folder of files that it hands out.

mod compress;
mod css;
mod entry;
mod hash;
mod output;
mod publish;
mod wasm;

use std::{path::PathBuf, process::Command};

use anyhow::Result;

pub use self::{
    entry::Entry,
    hash::{files, of as short_hash},
    output::Output,
    publish::{Part, Site},
    wasm::{TARGET as WASM_TARGET, bind, compile},
};

use crate::{
    progress::{kilobytes, step},
    settings::Settings,
};

/// The package and binary of Stripe's stand-in.
pub const STAND_IN: &str = "stripe-stand-in";

/// The package and binary of the demo's mailbox.
pub const MAILBOX: &str = "mailbox";

/// The package and binary of the torture test.
pub const TORTURE: &str = "torture";

/// How the server is compiled; the WASM has profiles of its own, see [`Output`].
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    Dev,
    Release,
}

/// Runs a cargo command; the gate also captures its output.
pub type Runner<'a> = &'a dyn Fn(&mut Command) -> Result<()>;

/// Where a build has put its results.
#[derive(Clone)]
pub struct Built {
    pub server: PathBuf,
    /// Only in dev: no release contains it.
    pub stand_in: PathBuf,
    /// Only in dev, too.
    pub mailbox: PathBuf,
    /// Only in dev, too.
    pub torture: PathBuf,
    /// The folder of files that the server hands out.
    pub site: PathBuf,
    pub parts: Vec<Part>,
}

/// Builds the site and the binaries.
pub fn everything(settings: &Settings, profile: Profile, run: Runner) -> Result<Built> {
    let output = Output::delivered(settings);
    check_wasm(settings)?;
    for entry in output.entries(settings.leptos()) {
        step(&format!("browser part, {}", entry.name), || {
            compile(settings, &output, &entry, run)?;
            bind(settings, &output, &entry)
        })?;
    }
    let site = step("site files", || site(settings, &output))?;
    let built = step("server", || binaries(settings, profile, run))?;
    site.write_hash_files(&built)?;
    // Tests run from `deps`, and Leptos looks beside the running program.
    site.write_hash_files(&built.join("deps"))?;
    report(&site);
    Ok(Built {
        server: built.join(&settings.leptos().bin_package),
        stand_in: built.join(STAND_IN),
        mailbox: built.join(MAILBOX),
        torture: built.join(TORTURE),
        site: output.site,
        parts: site.parts,
    })
}

/// Checks what compiling to WASM needs.
pub fn check_wasm(settings: &Settings) -> Result<()> {
    wasm::check_versions(settings)?;
    wasm::ensure_target()
}

/// Bundles the style sheets and publishes them with the browser's part, which must have been built.
pub fn site(settings: &Settings, output: &Output) -> Result<Site> {
    css::bundle(settings, output)?;
    publish::site(settings, output)
}

/// Compiles the programs and returns the folder in which they are.
pub fn binaries(settings: &Settings, profile: Profile, run: Runner) -> Result<PathBuf> {
    let server = &settings.leptos().bin_package;
    let (mut cargo, folder) = match profile {
        Profile::Dev => {
            let mut cargo = settings.linting_cargo();
            cargo.args(["build", "--bin", server]);
            cargo.args(["--bin", STAND_IN, "--bin", MAILBOX, "--bin", TORTURE]);
            (cargo, "debug")
        }
        // Alone, as it is delivered: with features that it asked for itself.
        Profile::Release => {
            let mut cargo = settings.cargo();
            cargo.args(["build", "--bin", server]);
            cargo.args(["--package", server, "--release", "--features", "jemalloc"]);
            (cargo, "release")
        }
    };
    run(&mut cargo)?;
    Ok(settings.target.join(folder))
}

fn report(site: &Site) {
    for part in &site.parts {
        let (raw, small) = (
            kilobytes(part.wasm_bytes),
            kilobytes(part.wasm_brotli_bytes),
        );
        let (name, budget) = (&part.entry.name, part.entry.budget);
        eprintln!("  WASM of {name}: {raw}, {small} with brotli");
        if part.wasm_brotli_bytes > budget {
            let budget = kilobytes(budget);
            eprintln!("  warning: that is over the budget of {budget}");
        }
    }
}
