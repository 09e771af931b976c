//! The store file: keeps all objects on disk, so that the demo's customers still exist after a
//! restart.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Weak},
    time::Duration,
};

use crate::{state::SharedState, store::Store};

/// Changes within this time are saved together.
const SAVE_DELAY: Duration = Duration::from_millis(200);

type Stores = BTreeMap<String, Store>;

/// Reads the file; if it does not exist the stores are empty.
pub fn load(path: &Path) -> io::Result<Stores> {
    let text = match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Stores::new()),
        text => text?,
    };
    let mut stores: Stores = serde_json::from_str(&text)?;
    for store in stores.values_mut() {
        // A request that was running when the program stopped will never finish.
        store
            .idempotency_records
            .retain(|_, record| record.response.is_some());
    }
    Ok(stores)
}

/// Writes the file atomically.
pub fn save(shared: &SharedState, path: &Path) -> io::Result<()> {
    let text = shared.read(|state| serde_json::to_string_pretty(&state.stores))?;
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let draft: PathBuf = path.with_extension("new");
    fs::write(&draft, text)?;
    fs::rename(&draft, path)
}

/// Saves after every change, until the stand-in stops.
pub fn save_on_change(shared: &Arc<SharedState>, path: PathBuf) {
    let mut changes = shared.changes();
    let weak: Weak<SharedState> = Arc::downgrade(shared);
    shared.spawn(async move {
        while changes.changed().await.is_ok() {
            tokio::time::sleep(SAVE_DELAY).await;
            changes.borrow_and_update();
            let Some(shared) = weak.upgrade() else { return };
            if let Err(error) = save(&shared, &path) {
                eprintln!(
                    "the objects could not be saved to {}: {error}",
                    path.display()
                );
            }
        }
    });
}
