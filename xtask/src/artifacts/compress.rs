//! Brotli siblings of what the server sends, made once instead of for every visitor.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use brotli::enc::BrotliEncoderParams;

const WORTH_IT: [&str; 9] = [
    "wasm",
    "js",
    "css",
    "svg",
    "html",
    "txt",
    "json",
    "xml",
    "webmanifest",
];

/// Whether a file shrinks; pictures and fonts are compressed already.
pub fn worth_it(path: &Path) -> bool {
    path.extension()
        .and_then(|ext| ext.to_str())
        .is_some_and(|ext| WORTH_IT.contains(&ext))
}

/// `name.br`, where tower-http's `precompressed_br` looks.
pub fn brotli_sibling(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".br");
    PathBuf::from(name)
}

/// Compresses under another name first: a half-written sibling would look finished next time.
pub fn write_brotli_sibling(path: &Path, bytes: &[u8]) -> Result<()> {
    let params = BrotliEncoderParams {
        quality: 11,
        size_hint: bytes.len(),
        ..Default::default()
    };
    let mut small = Vec::new();
    brotli::BrotliCompress(&mut &bytes[..], &mut small, &params)?;
    let (sibling, unfinished) = (brotli_sibling(path), path.with_extension("unfinished"));
    fs::write(&unfinished, small)
        .and_then(|()| fs::rename(&unfinished, &sibling))
        .with_context(|| format!("cannot write {}", sibling.display()))
}
