//! The browser's part: compiled to WASM and bound to JavaScript.

use std::{fs, path::Path, process::Command};

use anyhow::{Context, Result, bail, ensure};
use wasm_bindgen_cli_support::Bindgen;

use super::{Entry, Output, Runner, hash};
use crate::{process, settings::Settings};

/// The platform that browsers run.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// wasm-bindgen's macro and its command-line half share a private format, so both must be one version.
pub fn check_versions(settings: &Settings) -> Result<()> {
    let lock = fs::read_to_string(settings.root.join("Cargo.lock"))
        .context("Cargo.lock is missing; it belongs in the repository")?;
    let in_browser = locked(&lock, "wasm-bindgen")?;
    let here = locked(&lock, "wasm-bindgen-cli-support")?;
    ensure!(
        in_browser == here,
        "Cargo.lock has wasm-bindgen {in_browser} but wasm-bindgen-cli-support {here}; set both to \
         one version in Cargo.toml and xtask/Cargo.toml"
    );
    Ok(())
}

fn locked<'a>(lock: &'a str, name: &str) -> Result<&'a str> {
    lock.split_once(&format!("name = \"{name}\"\nversion = \""))
        .and_then(|(_, rest)| rest.split('"').next())
        .with_context(|| {
            format!("Cargo.lock does not mention {name}; run `cargo update -p {name}`")
        })
}

/// Adds the platform's standard library where rustup can.
pub fn ensure_target() -> Result<()> {
    let asked = Command::new("rustc")
        .args(["--print", "target-libdir", "--target", TARGET])
        .output()
        .context("rustc could not be started")?;
    if Path::new(String::from_utf8_lossy(&asked.stdout).trim()).is_dir() {
        return Ok(());
    }
    if process::run(Command::new("rustup").args(["target", "add", TARGET])).is_err() {
        bail!("Rust's {TARGET} target is missing; install it, e.g. `rustup target add {TARGET}`");
    }
    Ok(())
}

/// Compiles an entry of the front end; cargo knows whether that is needed. The next one replaces its file, so
/// [`bind`] it first.
pub fn compile(settings: &Settings, output: &Output, entry: &Entry, run: Runner) -> Result<()> {
    run(settings
        .cargo()
        .args(["build", "--lib", "--target", TARGET])
        .args(["--package", &settings.leptos().lib_package])
        .args(["--features", &entry.features.join(",")])
        .args(["--profile", &output.wasm_profile]))
}

/// Writes the JavaScript that loads the WASM: `{name}.js`, `{name}_bg.wasm` and perhaps `snippets/`. The JavaScript does not name the WASM file: Leptos passes the hashed name
/// when it starts the page.
pub fn bind(settings: &Settings, output: &Output, entry: &Entry) -> Result<()> {
    let leptos = settings.leptos();
    let compiled = settings
        .target
        .join(TARGET)
        .join(&output.wasm_profile)
        .join(leptos.lib_package.replace('-', "_"))
        .with_extension("wasm");
    let (name, bound) = (&entry.name, output.bound_to(&entry.name));
    let input = format!("1 {name} {}", hash::of(&hash::read(&compiled)?));
    hash::unless_done(&bound, &input, || {
        Bindgen::new()
            .input_path(&compiled)
            .out_name(name)
            .web(true)?
            .typescript(false)
            .remove_name_section(output.small)
            .remove_producers_section(true)
            .generate(&bound)
            .context("wasm-bindgen refused the compiled front end")
    })
}

#[cfg(test)]
mod tests {
    use super::locked;

    #[test]
    fn a_version_is_that_of_the_whole_name() {
        let lock = "[[package]]\nname = \"wasm-bindgen-shared\"\nversion = \"1.0.0\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\nsource = \"x\"\n";
        assert_eq!(locked(lock, "wasm-bindgen").unwrap(), "0.2.130");
        assert!(locked(lock, "wasm").is_err());
    }
}
