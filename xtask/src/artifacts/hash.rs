//! Content hashes: for file names that browsers may keep for ever, and to skip work already done.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

/// A short hash for file names and comparisons.
pub fn of(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .take(10)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// One hash over a folder's files and their names.
pub fn of_folder(folder: &Path) -> Result<String> {
    let mut all = Vec::new();
    for file in files(folder)? {
        all.extend(file.display().to_string().bytes());
        all.extend(of(&read(&folder.join(&file))?).bytes());
    }
    Ok(of(&all))
}

/// Every file below a folder, relative to it and in a stable order. None when it is missing.
pub fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop().filter(|folder| folder.is_dir()) {
        for entry in fs::read_dir(&folder).with_context(|| cannot("read", &folder))? {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.push(path);
            }
        }
    }
    let mut relative: Vec<PathBuf> = found
        .iter()
        .filter_map(|path| Some(path.strip_prefix(folder).ok()?.to_path_buf()))
        .collect();
    relative.sort();
    Ok(relative)
}

/// `key: hash` lines beside the server, where Leptos looks for them.
pub fn write_hash_file(path: &Path, hashes: &[(String, String)]) -> Result<()> {
    let text: String = hashes
        .iter()
        .map(|(kind, hash)| format!("{kind}: {hash}\n"))
        .collect();
    write_if_changed(path, text.as_bytes()).map(|_| ())
}

/// Does `work` into a folder unless it was last done from the same input. The mark is written
/// last, so that an interrupted run is repeated.
pub fn unless_done(stage: &Path, input: &str, work: impl FnOnce() -> Result<()>) -> Result<()> {
    let mark = stage.with_extension("done");
    if stage.is_dir() && fs::read_to_string(&mark).is_ok_and(|done| done == input) {
        return Ok(());
    }
    let _ = fs::remove_file(&mark);
    let _ = fs::remove_dir_all(stage);
    fs::create_dir_all(stage).with_context(|| cannot("create", stage))?;
    work()?;
    fs::write(&mark, input).with_context(|| cannot("write", &mark))
}

/// Reads a file and names it when that fails.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| cannot("read", path))
}

/// Writes a file unless it already holds these bytes; answers whether it wrote.
pub fn write_if_changed(path: &Path, bytes: &[u8]) -> Result<bool> {
    if fs::read(path).is_ok_and(|there| there == bytes) {
        return Ok(false);
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| cannot("create", folder))?;
    }
    fs::write(path, bytes).with_context(|| cannot("write", path))?;
    Ok(true)
}

fn cannot(verb: &str, path: &Path) -> String {
    format!("cannot {verb} {}", path.display())
}
