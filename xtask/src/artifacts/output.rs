//! Where a build of the site's files goes: what is delivered, or what `cargo xtask dev` shows.

use std::path::PathBuf;

use super::Entry;
use crate::settings::{Leptos, Settings};

/// Folders and choices of one kind of build. Each kind has folders of its own, or a developer's
/// build and the gate's would undo each other's work.
pub struct Output {
    /// Cargo's profile for the browser's part.
    pub wasm_profile: String,
    /// What wasm-bindgen writes, in a folder for each entry.
    bound: PathBuf,
    /// The bundled stylesheet's folder.
    pub style: PathBuf,
    /// The folder that the server hands out.
    pub site: PathBuf,
    /// Makes the files small: with Brotli siblings, and WASM without the names of its functions.
    pub small: bool,
    /// Every page loads the console's entry.
    one_entry: bool,
}

impl Output {
    /// What people load over the network.
    pub fn delivered(settings: &Settings) -> Self {
        Self {
            wasm_profile: settings.leptos().lib_profile_release.clone(),
            bound: settings.stage("bound"),
            style: settings.stage("style"),
            site: settings.site_root(),
            small: true,
            one_entry: false,
        }
    }

    /// What a developer waits for: one entry, which has all islands. Function names stay, so that a panic's stack
    /// can be read.
    pub fn watched(settings: &Settings) -> Self {
        let folder = settings.stage("dev");
        Self {
            wasm_profile: settings.leptos().lib_profile_dev.clone(),
            bound: folder.join("bound"),
            style: folder.join("style"),
            site: folder.join("site"),
            small: false,
            one_entry: true,
        }
    }

    /// The entries that are compiled.
    pub fn entries(&self, leptos: &Leptos) -> Vec<Entry> {
        match self.one_entry {
            true => vec![Entry::console(leptos)],
            false => Entry::all(leptos).into(),
        }
    }

    /// The entry whose files are published as those of `entry`.
    pub fn compiled_as(&self, leptos: &Leptos, entry: &Entry) -> String {
        match self.one_entry {
            true => Entry::console(leptos).name,
            false => entry.name.clone(),
        }
    }

    /// Where wasm-bindgen writes the entry of this name.
    pub fn bound_to(&self, name: &str) -> PathBuf {
        self.bound.join(name)
    }
}
