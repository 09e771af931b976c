//! The folder that the server hands out: hashed files, assets, their Brotli siblings, nothing stale.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use super::{Output, compress, hash};
use crate::settings::Settings;

/// What is needed to link to the published files, and their sizes.
pub struct Site {
    /// File kind and hash, as Leptos expects them in the hash file.
    pub hashes: Vec<(&'static str, String)>,
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
    let name = &leptos.output_name;
    let js = output.bound.join(format!("{name}.js"));
    let bound = output.bound.join(format!("{name}_bg.wasm"));
    let css = output.style.join(format!("{name}.css"));
    let mut hashes = Vec::new();
    let mut wasm = PathBuf::new();
    for (kind, from) in [("js", js), ("wasm", bound), ("css", css)] {
        let bytes = hash::read(&from)?;
        let hash = hash::of(&bytes);
        let to = pkg.join(format!("{name}.{hash}.{kind}"));
        folder.put(&to, &bytes)?;
        if kind == "wasm" {
            wasm = to;
        }
        hashes.push((kind, hash));
    }
    folder.copy(&output.bound.join("snippets"), &pkg.join("snippets"))?;
    folder.copy(&settings.root.join(&leptos.assets_dir), root)?;
    folder.remove_others(root)?;
    let wasm_brotli_bytes = match output.small {
        true => size(&compress::brotli_sibling(&wasm))?,
        false => 0,
    };
    Ok(Site {
        hashes,
        wasm_bytes: size(&wasm)?,
        wasm_brotli_bytes,
    })
}

struct Folder {
    small: bool,
    kept: BTreeSet<PathBuf>,
}

impl Folder {
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
