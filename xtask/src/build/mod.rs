//! From sources to a server binary and the folder of files that it hands out.

mod compress;
mod css;
mod hash;
mod publish;
mod wasm;

use std::{path::PathBuf, process::Command};

use anyhow::Result;

pub use hash::files;
pub use wasm::TARGET as WASM_TARGET;

use crate::{
    progress::{kilobytes, step},
    settings::Settings,
};

/// How much of the browser's part may travel, in bytes: what a phone on a slow line should load at
/// once. The console's islands travel with the members' in one file.
pub const WASM_BUDGET: u64 = 250_000;

/// The crates that run on this machine, always named together: with another selection cargo
/// unifies features differently and compiles half of the dependencies again.
pub const HOST: [&str; 13] = [
    "--package=domain",
    "--package=app",
    "--package=migration",
    "--package=server",
    "--package=server-core",
    "--package=services",
    "--package=store",
    "--package=stripe-gateway",
    "--package=web",
    "--package=stripe-stand-in",
    "--package=torture",
    "--package=bench",
    "--features=app/ssr",
];

/// The package and binary of Stripe's stand-in.
pub const STAND_IN: &str = "stripe-stand-in";

/// The package and binary that breaks everything.
const TORTURE: &str = "torture";

/// How the server is compiled; the WASM always takes its own small profile.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    Dev,
    Release,
}

/// Runs a cargo command; the gate also keeps what it says.
pub type Runner<'a> = &'a dyn Fn(&mut Command) -> Result<()>;

/// What a build leaves behind.
#[derive(Clone)]
pub struct Built {
    pub server: PathBuf,
    /// Only in dev: no release contains it.
    pub stand_in: PathBuf,
    /// Only in dev, too.
    pub torture: PathBuf,
    pub hash_file: PathBuf,
    pub wasm_brotli_bytes: u64,
}

/// Builds the site and the binaries.
pub fn everything(settings: &Settings, profile: Profile, run: Runner) -> Result<Built> {
    wasm::check_versions(settings)?;
    step("browser part: compile", || {
        wasm::ensure_target()?;
        wasm::compile(settings, run)
    })?;
    let bound = step("browser part: bind to JavaScript", || wasm::bind(settings))?;
    let css = step("stylesheet", || css::bundle(settings))?;
    let site = step("site files", || publish::site(settings, &bound, &css))?;
    let built = step("server", || binaries(settings, profile, run))?;
    let hash_file = built.join(&settings.leptos().hash_file_name);
    hash::write_hash_file(&hash_file, &site.hashes)?;
    // Tests run from `deps`, and Leptos looks beside the running program.
    hash::write_hash_file(
        &built.join("deps").join(&settings.leptos().hash_file_name),
        &site.hashes,
    )?;
    report(&site);
    Ok(Built {
        server: built.join(&settings.leptos().bin_package),
        stand_in: built.join(STAND_IN),
        torture: built.join(TORTURE),
        hash_file,
        wasm_brotli_bytes: site.wasm_brotli_bytes,
    })
}

/// Answers the folder in which they are.
fn binaries(settings: &Settings, profile: Profile, run: Runner) -> Result<PathBuf> {
    let server = &settings.leptos().bin_package;
    let mut cargo = settings.cargo();
    cargo.args(["build", "--bin", server]);
    let folder = match profile {
        Profile::Dev => {
            cargo.args(HOST);
            cargo.args(["--bin", STAND_IN, "--bin", TORTURE]);
            "debug"
        }
        // Alone, as it is delivered: with features that it asked for itself.
        Profile::Release => {
            cargo.args(["--package", server, "--release"]);
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
