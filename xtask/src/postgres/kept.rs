//! The server that `cargo xtask t` keeps between its runs.

use std::{
    env,
    fs::{self, File},
    path::PathBuf,
};

use anyhow::{Context, Result};
use nix::{errno::Errno, sys::signal::kill, unistd::Pid};

use super::{
    NEVER_WAITS,
    cluster::{Cluster, lends_a_user},
    free_port, url,
};
use crate::{artifacts::short_hash, progress::step, settings::Settings};

/// A server that goes on after us, on a port that it keeps as long as it runs.
pub struct Kept {
    cluster: Cluster,
    lock: PathBuf,
}

impl Kept {
    /// The one of this workspace. Its data is below `target`; as root, in the temporary folder,
    /// because its user may not be allowed into the workspace.
    pub fn of(settings: &Settings) -> Result<Self> {
        let stage = settings.stage("postgres");
        let folder = match lends_a_user() {
            true => env::temp_dir().join(format!(
                "xtask-postgres-of-{}",
                short_hash(stage.as_os_str().as_encoded_bytes())
            )),
            false => stage.clone(),
        };
        fs::create_dir_all(settings.stage(""))?;
        Ok(Self {
            cluster: Cluster::at(folder, Vec::new())?,
            lock: stage.with_extension("lock"),
        })
    }

    /// Starts the server unless it runs, removes databases of tests that were killed, and returns
    /// its address.
    pub fn url(&self) -> Result<String> {
        let _lock = self.lock()?;
        let port = match self.cluster.port() {
            Some(port) => port,
            None => step("PostgreSQL, kept for the next run", || self.start())?,
        };
        self.remove_leftovers(port)?;
        Ok(url(port))
    }

    /// Stops the server and deletes its data.
    pub fn delete(&self) -> Result<()> {
        let _lock = self.lock()?;
        self.cluster.stop()?;
        let _ = fs::remove_dir_all(&self.cluster.folder);
        Ok(())
    }

    /// Two runs at once must not both start it.
    fn lock(&self) -> Result<File> {
        let file = File::create(&self.lock)
            .with_context(|| format!("cannot create {}", self.lock.display()))?;
        file.lock()?;
        Ok(file)
    }

    fn start(&self) -> Result<u16> {
        let port = free_port()?;
        let there = self.cluster.folder.join("data/PG_VERSION").exists();
        // What another version of PostgreSQL left, or a crash of the machine, is not worth a repair.
        if !there || self.cluster.start(port, NEVER_WAITS).is_err() {
            self.cluster.init()?;
            self.cluster.start(port, NEVER_WAITS)?;
        }
        Ok(port)
    }

    fn remove_leftovers(&self, port: u16) -> Result<()> {
        let names = self
            .cluster
            .query(port, "SELECT datname FROM pg_database")?;
        let left = names
            .iter()
            .filter(|name| owner(name).is_some_and(|owner| kill(owner, None) == Err(Errno::ESRCH)));
        for name in left {
            self.cluster.query(
                port,
                &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
            )?;
        }
        Ok(())
    }
}

/// The process of the tests that made a database: `test_{process}_{random}`, or
/// `migrated_{process}` for the one that the others are copied from.
fn owner(database: &str) -> Option<Pid> {
    let rest = database
        .strip_prefix("test_")
        .or_else(|| database.strip_prefix("migrated_"))?;
    let process = rest.split('_').next()?;
    process.parse().ok().map(Pid::from_raw)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_databases_of_tests_have_an_owner() {
        assert_eq!(owner("test_123_2e74"), Some(Pid::from_raw(123)));
        assert_eq!(owner("migrated_45"), Some(Pid::from_raw(45)));
        for other in ["postgres", "template1", "test_", "testing_1", "migrated_x"] {
            assert_eq!(owner(other), None, "{other}");
        }
    }
}
