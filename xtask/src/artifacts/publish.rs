//! The folder that the server hands out: hashed files, assets, their Brotli siblings, nothing stale.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use super::{Entry, Output, compress, hash};
use crate::settings::Settings;

/// The scripts that pages load beside an entry. `app/src/components/site_file.rs` composes their addresses.
const SCRIPTS: &str = "frontend/scripts";

/// The published entries of the browser's part.
pub struct Site {
    pub parts: Vec<Part>,
}

/// What is needed to link to a published entry, and its sizes.
#[derive(Clone)]
pub struct Part {
    pub entry: Entry,
    /// File kind and hash, as Leptos expects them in the hash file. Of the members' it also has those of the other
    /// files, by their names: `states.js`.
    pub hashes: Vec<(String, String)>,
    pub wasm_bytes: u64,
    /// 0 when the output has no Brotli siblings.
    pub wasm_brotli_bytes: u64,
}

/// Brings the site's folder up to date with the stylesheet, the browser's part and the assets.
pub fn site(settings: &Settings, output: &Output) -> Result<Site> {
    let leptos = settings.leptos();
    let root = &output.site;
    let mut folder = Folder {
        small: output.small,
        kept: BTreeSet::new(),
    };
    let pkg = root.join(&leptos.site_pkg_dir);
    let mut others = folder.put_scripts(&settings.root.join(SCRIPTS), &pkg)?;
    let mut parts = Vec::new();
    for entry in Entry::all(leptos) {
        let compiled = output.compiled_as(leptos, &entry);
        let bound = output.bound_to(&compiled);
        folder.copy(&bound.join("snippets"), &pkg.join("snippets"))?;
        let from = |suffix: &str| bound.join(format!("{compiled}{suffix}"));
        let js = folder.put_hashed(&pkg, &entry.name, "js", &from(".js"))?;
        let wasm = folder.put_hashed(&pkg, &entry.name, "wasm", &from("_bg.wasm"))?;
        let sheet = format!("{}.css", entry.name);
        let css = folder.put_hashed(&pkg, &entry.name, "css", &output.style.join(&sheet))?;
        others.push((sheet, css.hash));
        let brotli = match output.small {
            true => size(&compress::brotli_sibling(&wasm.path))?,
            false => 0,
        };
        parts.push(Part {
            hashes: vec![("js".into(), js.hash), ("wasm".into(), wasm.hash)],
            wasm_bytes: size(&wasm.path)?,
            wasm_brotli_bytes: brotli,
            entry,
        });
    }
    let mut members = parts.iter_mut().filter(|part| !part.entry.is_console());
    if let Some(members) = members.next() {
        members.hashes.append(&mut others);
    }
    folder.copy(&settings.root.join(&leptos.assets_dir), root)?;
    folder.remove_others(root)?;
    Ok(Site { parts })
}

struct Folder {
    small: bool,
    kept: BTreeSet<PathBuf>,
}

/// A published file whose name has its hash.
struct Hashed {
    path: PathBuf,
    hash: String,
}

impl Site {
    /// Writes the hash files into the folder of the server that links to the published files.
    ///
    /// # Errors
    /// If they cannot be written.
    pub fn write_hash_files(&self, folder: &Path) -> Result<()> {
        for part in &self.parts {
            hash::write_hash_file(&folder.join(&part.entry.hash_file), &part.hashes)?;
        }
        Ok(())
    }
}

impl Folder {
    fn put_hashed(&mut self, to: &Path, name: &str, kind: &str, from: &Path) -> Result<Hashed> {
        let bytes = hash::read(from)?;
        let hash = hash::of(&bytes);
        let path = to.join(format!("{name}.{hash}.{kind}"));
        self.put(&path, &bytes)?;
        Ok(Hashed { path, hash })
    }

    /// Publishes the scripts of a folder and returns their names and hashes.
    fn put_scripts(&mut self, from: &Path, pkg: &Path) -> Result<Vec<(String, String)>> {
        let mut hashes = Vec::new();
        for file in hash::files(from)? {
            let name = file.with_extension("").display().to_string();
            let script = self.put_hashed(pkg, &name, "js", &from.join(&file))?;
            hashes.push((format!("{name}.js"), script.hash));
        }
        Ok(hashes)
    }

    fn put(&mut self, to: &Path, bytes: &[u8]) -> Result<()> {
        let wrote = hash::write_if_changed(to, bytes)?;
        self.kept.insert(to.to_path_buf());
        if self.small && compress::worth_it(to) {
            let sibling = compress::brotli_sibling(to);
            if wrote || !sibling.is_file() {
                // An old sibling of new content must not survive an interruption.
                let _ = fs::remove_file(&sibling);
                compress::write_brotli_sibling(to, bytes)?;
            }
            self.kept.insert(sibling);
        }
        Ok(())
    }

    fn copy(&mut self, from: &Path, to: &Path) -> Result<()> {
        for file in hash::files(from)? {
            self.put(&to.join(&file), &hash::read(&from.join(&file))?)?;
        }
        Ok(())
    }

    fn remove_others(&self, root: &Path) -> Result<()> {
        for file in hash::files(root)? {
            let path = root.join(file);
            if !self.kept.contains(&path) {
                fs::remove_file(&path)
                    .with_context(|| format!("cannot remove the stale {}", path.display()))?;
            }
        }
        Ok(())
    }
}

fn size(path: &Path) -> Result<u64> {
    Ok(fs::metadata(path)
        .with_context(|| format!("{} is missing", path.display()))?
        .len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brotli_siblings_follow_their_files_and_stale_files_are_removed() {
        let root = std::env::temp_dir().join(format!("xtask-site-{}", std::process::id()));
        fs::create_dir_all(&root).unwrap();
        fs::write(root.join("old.js"), "old").unwrap();
        let mut folder = Folder {
            small: true,
            kept: BTreeSet::new(),
        };
        for text in ["first", "second"] {
            folder
                .put(&root.join("robots.txt"), text.as_bytes())
                .unwrap();
        }
        folder.put(&root.join("face.png"), b"png").unwrap();
        folder.remove_others(&root).unwrap();
        let names = hash::files(&root).unwrap();
        let mut plain = Vec::new();
        let sibling = hash::read(&root.join("robots.txt.br")).unwrap();
        brotli::BrotliDecompress(&mut &sibling[..], &mut plain).unwrap();
        fs::remove_dir_all(&root).unwrap();
        assert_eq!(plain, b"second");
        assert_eq!(
            names,
            ["face.png", "robots.txt", "robots.txt.br"].map(PathBuf::from)
        );
    }
}
