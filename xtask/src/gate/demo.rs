//! A demo for the steps that ask the running site.

use std::{fs, path::Path, process};

use anyhow::Result;

use super::Gate;
use crate::{
    artifacts::Built,
    memory::quickest_folder,
    run::{self, Demo, World},
};

/// The site that is asked.
pub const SITE: &str = "detroit-arms";

/// Serves a new demo while `ask` runs, which may write to the folder that it gets. `step` names that
/// folder; `env` is added to the server's environment.
pub fn with_demo<T>(
    gate: &Gate,
    built: &Built,
    step: &str,
    env: &[(&'static str, &str)],
    ask: impl FnOnce(&Demo, &Path) -> Result<T>,
) -> Result<T> {
    let data = quickest_folder().join(format!("xtask-{step}-{}", process::id()));
    fs::create_dir_all(&data)?;
    let asked = run::site_addr(&gate.settings, None)
        .and_then(|addr| World::start(&gate.settings, built, &data, addr, env))
        .and_then(|world| ask(&world.demo, &data));
    let _ = fs::remove_dir_all(&data);
    asked
}
