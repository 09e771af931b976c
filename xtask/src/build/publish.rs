//! The folder that the server hands out: hashed files, assets, their brotli twins, nothing stale.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use super::{compress, hash, wasm::Bound};
use crate::settings::Settings;

/// What was published.
pub struct Site {
    /// File kind and hash, as Leptos expects them in the hash file.
    pub hashes: Vec<(&'static str, String)>,
    pub wasm_bytes: u64,
    pub wasm_brotli_bytes: u64,
}

/// Brings the site's folder up to date.
pub fn site(settings: &Settings, bound: &Bound, css: &Path) -> Result<Site> {
    let leptos = settings.leptos();
    let root = settings.site_root();
    let mut folder = Folder {
        kept: BTreeSet::new(),
    };
    let pkg = root.join(&leptos.site_pkg_dir);
    let mut hashes = Vec::new();
    let mut wasm = PathBuf::new();
    for (kind, from) in [("js", &*bound.js), ("wasm", &*bound.wasm), ("css", css)] {
        let bytes = hash::read(from)?;
        let hash = hash::of(&bytes);
        let to = pkg.join(format!("{}.{hash}.{kind}", leptos.output_name));
        folder.put(&to, &bytes)?;
        if kind == "wasm" {
            wasm = to;
        }
        hashes.push((kind, hash));
    }
    folder.copy(&bound.folder.join("snippets"), &pkg.join("snippets"))?;
    folder.copy(&settings.root.join(&leptos.assets_dir), &root)?;
    folder.remove_others(&root)?;
    Ok(Site {
        hashes,
        wasm_bytes: size(&wasm)?,
        wasm_brotli_bytes: size(&compress::twin(&wasm))?,
    })
}

struct Folder {
    kept: BTreeSet<PathBuf>,
}

impl Folder {
    fn put(&mut self, to: &Path, bytes: &[u8]) -> Result<()> {
        let wrote = hash::write_if_changed(to, bytes)?;
        self.kept.insert(to.to_path_buf());
        if compress::worth_it(to) {
            let twin = compress::twin(to);
            if wrote || !twin.is_file() {
                // An old twin of new content must not survive an interruption.
                let _ = fs::remove_file(&twin);
                compress::write_twin(to, bytes)?;
            }
            self.kept.insert(twin);
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
    fn twins_follow_their_files_and_strangers_leave() {
        let root = std::env::temp_dir().join(format!("xtask-site-{}", std::process::id()));
        fs::create_dir_all(&root).unwrap();
        fs::write(root.join("old.js"), "old").unwrap();
        let mut folder = Folder {
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
        let twin = hash::read(&root.join("robots.txt.br")).unwrap();
        brotli::BrotliDecompress(&mut &twin[..], &mut plain).unwrap();
        fs::remove_dir_all(&root).unwrap();
        assert_eq!(plain, b"second");
        assert_eq!(
            names,
            ["face.png", "robots.txt", "robots.txt.br"].map(PathBuf::from)
        );
    }
}
