//! PostgreSQL servers: fresh ones for one run alone, and one that is kept between runs.

mod cluster;
mod kept;

use std::{
    env, fs,
    net::TcpListener,
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
};

use anyhow::Result;

use self::cluster::Cluster;
pub use self::kept::Kept;
use crate::{memory::quickest_folder, progress::step};

/// Nothing in a test's database needs to survive a crash, so it never waits for the disk, and keeps
/// no long log for a repair.
const NEVER_WAITS: &str =
    "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_wal_size=256MB";

/// A fresh server on a free port; stopped and deleted when dropped.
pub struct Postgres {
    cluster: Cluster,
    port: u16,
}

impl Postgres {
    /// Starts one that never waits for the disk.
    pub fn start() -> Result<Self> {
        Self::with_env(Vec::new())
    }

    /// The same with these variables in its environment.
    pub fn with_env(env: Vec<(&'static str, String)>) -> Result<Self> {
        Self::start_with(quickest_folder(), NEVER_WAITS, env)
    }

    /// The same, but it waits for the disk as one does that is in use.
    pub fn lasting() -> Result<Self> {
        Self::start_with(env::temp_dir(), "", Vec::new())
    }

    fn start_with(
        parent: PathBuf,
        durability: &str,
        env: Vec<(&'static str, String)>,
    ) -> Result<Self> {
        step("PostgreSQL", || {
            let folder = parent.join(format!("xtask-postgres-{}", unique()));
            let postgres = Self {
                cluster: Cluster::at(folder, env)?,
                port: free_port()?,
            };
            postgres.cluster.init()?;
            postgres.cluster.start(postgres.port, durability)?;
            Ok(postgres)
        })
    }

    /// Where the tests connect to make databases of their own.
    pub fn url(&self) -> String {
        url(self.port)
    }

    /// `postgres (PostgreSQL) 17.2`.
    pub fn version(&self) -> Result<String> {
        self.cluster.version()
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let _ = self.cluster.stop();
        let _ = fs::remove_dir_all(&self.cluster.folder);
    }
}

fn url(port: u16) -> String {
    format!("postgres://postgres@127.0.0.1:{port}/postgres")
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// Several may run at once.
fn unique() -> String {
    static STARTED: AtomicU32 = AtomicU32::new(0);
    let number = STARTED.fetch_add(1, Ordering::Relaxed);
    format!("{}-{number}", std::process::id())
}
