//! Programs that a machine lacks.

use std::{path::Path, process::Command};

use anyhow::{Result, ensure};
use nix::unistd::Uid;

use crate::process;

/// Installs a Debian package when we may, as on a fresh machine of a gate.
pub fn apt_install(package: &str) -> Result<()> {
    ensure!(
        Uid::effective().is_root() && Path::new("/etc/debian_version").exists(),
        "{package} is missing; install it, e.g. `sudo apt-get install {package}`"
    );
    let apt = || {
        let mut apt = Command::new("apt-get");
        apt.env("DEBIAN_FRONTEND", "noninteractive");
        apt
    };
    process::run(apt().args(["update", "--quiet"]))?;
    process::run(apt().args([
        "install",
        "--yes",
        "--no-install-recommends",
        "--quiet",
        package,
    ]))
}
