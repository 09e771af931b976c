//! Waiting for files to change.

use std::{
    path::{Path, PathBuf},
    sync::mpsc::{Receiver, channel},
    time::Duration,
};

use anyhow::{Context, Result};
use notify_debouncer_full::{
    DebounceEventResult, Debouncer, RecommendedCache, new_debouncer,
    notify::{EventKind, RecommendedWatcher, RecursiveMode},
};

use super::change::{MANIFESTS, WATCHED};

/// An editor writes a file in several steps; they count as one change.
const SETTLED: Duration = Duration::from_millis(50);

/// Tells of changes until dropped.
pub struct Watch {
    root: PathBuf,
    changes: Receiver<PathBuf>,
    _watcher: Debouncer<RecommendedWatcher, RecommendedCache>,
}

impl Watch {
    /// Watches the workspace's sources.
    pub fn start(root: &Path) -> Result<Self> {
        let (sender, changes) = channel();
        let mut watcher = new_debouncer(SETTLED, None, move |events: DebounceEventResult| {
            let events = events.unwrap_or_default().into_iter();
            let writes = events.filter(|event| !matches!(event.kind, EventKind::Access(_)));
            for path in writes.flat_map(|event| event.event.paths) {
                // Nobody listens once the demo stops.
                let _ = sender.send(path);
            }
        })
        .context("this machine cannot watch files")?;
        let folders = WATCHED.map(|folder| (folder, RecursiveMode::Recursive));
        let files = MANIFESTS.map(|file| (file, RecursiveMode::NonRecursive));
        for (path, mode) in folders.into_iter().chain(files) {
            watcher
                .watch(root.join(path), mode)
                .with_context(|| format!("cannot watch {path}"))?;
        }
        Ok(Self {
            root: root.to_path_buf(),
            changes,
            _watcher: watcher,
        })
    }

    /// Waits for up to this long and returns what has changed by then, relative to the workspace.
    pub fn changed(&self, patience: Duration) -> Vec<PathBuf> {
        let first = self.changes.recv_timeout(patience).ok();
        let mut paths: Vec<PathBuf> = first
            .into_iter()
            .chain(self.changes.try_iter())
            .filter_map(|path| Some(path.strip_prefix(&self.root).ok()?.to_path_buf()))
            .collect();
        paths.sort();
        paths.dedup();
        paths
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, time::Instant};

    use super::*;

    #[test]
    fn a_written_file_is_reported_and_one_that_is_read_is_not() {
        let root = std::env::temp_dir().join(format!("xtask-watch-{}", std::process::id()));
        for folder in WATCHED {
            fs::create_dir_all(root.join(folder).join("src")).unwrap();
        }
        for file in MANIFESTS {
            fs::write(root.join(file), "").unwrap();
        }
        let root = root.canonicalize().unwrap();
        let watch = Watch::start(&root).unwrap();
        fs::read(root.join("Cargo.toml")).unwrap();
        fs::write(root.join("app/src/page.rs"), "fn page() {}").unwrap();
        let start = Instant::now();
        let mut changed = Vec::new();
        while !changed.contains(&PathBuf::from("app/src/page.rs")) {
            assert!(start.elapsed() < Duration::from_secs(10), "{changed:?}");
            changed.extend(watch.changed(Duration::from_millis(100)));
        }
        fs::remove_dir_all(&root).unwrap();
        assert!(
            !changed.contains(&PathBuf::from("Cargo.toml")),
            "{changed:?}"
        );
    }
}
