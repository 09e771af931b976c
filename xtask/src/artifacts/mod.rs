//! From sources to a server binary and the folder of files that it hands out.

mod compress;
mod css;
mod hash;
mod output;
mod publish;
mod wasm;

use std::{path::PathBuf, process::Command};

use anyhow::Result;

pub use self::{
    hash::{files, of as short_hash, write_hash_file},
    output::Output,
    publish::Site,
    wasm::{TARGET as WASM_TARGET, bind},
};

use crate::{
    progress::{kilobytes, step},
    settings::Settings,
};

/// How much of the browser's part may travel, in bytes: what a phone on a slow line should load at
/// once. The console's islands travel with the members' in one file.
pub const WASM_BUDGET: u64 = 250_000;

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
    pub hash_file: PathBuf,
    /// The folder of files that the server hands out.
    pub site: PathBuf,
    pub wasm_brotli_bytes: u64,
}

/// Builds the site and the binaries.
pub fn everything(settings: &Settings, profile: Profile, run: Runner) -> Result<Built> {
    let output = Output::delivered(settings);
    step("browser part: compile", || {
        compile_wasm(settings, &output, run)
    })?;
    step("browser part: bind to JavaScript", || {
        bind(settings, &output)
    })?;
    let site = step("site files", || site(settings, &output))?;
    let built = step("server", || binaries(settings, profile, run))?;
    let hash_file = built.join(&settings.leptos().hash_file_name);
    write_hash_file(&hash_file, &site.hashes)?;
    // Tests run from `deps`, and Leptos looks beside the running program.
    write_hash_file(
        &built.join("deps").join(&settings.leptos().hash_file_name),
        &site.hashes,
    )?;
    report(&site);
    Ok(Built {
        server: built.join(&settings.leptos().bin_package),
        stand_in: built.join(STAND_IN),
        mailbox: built.join(MAILBOX),
        torture: built.join(TORTURE),
        hash_file,
        site: output.site,
        wasm_brotli_bytes: site.wasm_brotli_bytes,
    })
}

/// Compiles the browser's part to WASM, for [`bind`].
pub fn compile_wasm(settings: &Settings, output: &Output, run: Runner) -> Result<()> {
    wasm::check_versions(settings)?;
    wasm::ensure_target()?;
    wasm::compile(settings, output, run)
}

/// Bundles the stylesheet and publishes it with the browser's part, which must have been built.
pub fn site(settings: &Settings, output: &Output) -> Result<Site> {
    css::bundle(settings, output)?;
    publish::site(settings, output)
}

/// Compiles the programs and returns the folder in which they are.
pub fn binaries(settings: &Settings, profile: Profile, run: Runner) -> Result<PathBuf> {
    let server = &settings.leptos().bin_package;
    let mut cargo = settings.cargo();
    cargo.args(["build", "--bin", server]);
    let folder = match profile {
        Profile::Dev => {
            cargo.args(["--bin", STAND_IN, "--bin", MAILBOX, "--bin", TORTURE]);
            "debug"
        }
        // Alone, as it is delivered: with features that it asked for itself.
        Profile::Release => {
            cargo.args(["--package", server, "--release", "--features", "jemalloc"]);
            "release"
        }
    };
    run(&mut cargo)?;
    Ok(settings.target.join(folder))
}

fn report(site: &publish::Site) {
    let (raw, small) = (
        kilobytes(site.wasm_bytes),
        kilobytes(site.wasm_brotli_bytes),
    );
    eprintln!("  WASM {raw}, {small} with brotli");
    if site.wasm_brotli_bytes > WASM_BUDGET {
        eprintln!(
            "  warning: that is over the budget of {}",
            kilobytes(WASM_BUDGET)
        );
    }
}
