//! The books on disk, so that the next start still has the demo's customers.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Weak},
    time::Duration,
};

use crate::{books::Store, world::Shared};

/// Changes that come together are written together.
const GATHER: Duration = Duration::from_millis(200);

type Stores = BTreeMap<String, Store>;

/// Reads the books; a file that is not there yet is an empty one.
pub fn load(path: &Path) -> io::Result<Stores> {
    let text = match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Stores::new()),
        text => text?,
    };
    let mut stores: Stores = serde_json::from_str(&text)?;
    for store in stores.values_mut() {
        // A call that was in progress when the last run ended will never end.
        store.kept.retain(|_, kept| kept.answer.is_some());
    }
    Ok(stores)
}

/// Writes the books, all or nothing.
pub fn save(shared: &Shared, path: &Path) -> io::Result<()> {
    let text = shared.read(|world| serde_json::to_string_pretty(&world.stores))?;
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let draft: PathBuf = path.with_extension("new");
    fs::write(&draft, text)?;
    fs::rename(&draft, path)
}

/// Saves after every change, until the stand-in is gone.
pub fn keep(shared: &Arc<Shared>, path: PathBuf) {
    let mut changes = shared.changes();
    let weak: Weak<Shared> = Arc::downgrade(shared);
    shared.spawn(async move {
        while changes.changed().await.is_ok() {
            tokio::time::sleep(GATHER).await;
            changes.borrow_and_update();
            let Some(shared) = weak.upgrade() else { return };
            if let Err(error) = save(&shared, &path) {
                eprintln!(
                    "the books could not be saved to {}: {error}",
                    path.display()
                );
            }
        }
    });
}
