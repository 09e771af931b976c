//! The two entries of the browser's part: the islands of members' pages, and those of the console, which its pages
//! load instead. What both have, such as the bell, is in each. Each has a style sheet of its name.

use crate::settings::Leptos;

/// The feature of the front end that has the console's islands.
const CONSOLE: &str = "console";

/// One module that browsers load. `app` composes the same names: `app/src/app/scripts.rs`, `app/src/app/style.rs`.
#[derive(Clone)]
pub struct Entry {
    /// Its files are `{name}.{hash}.js`, `.wasm` and `.css`.
    pub name: String,
    /// The file beside the server in which Leptos finds the hashes.
    pub hash_file: String,
    /// Of the front end.
    pub features: &'static [&'static str],
    /// How much of it may travel, in bytes with Brotli.
    pub budget: u64,
}

impl Entry {
    /// What a phone on a slow line should load at once.
    pub fn members(leptos: &Leptos) -> Self {
        Self {
            name: leptos.output_name.clone(),
            hash_file: leptos.hash_file_name.clone(),
            features: &[],
            budget: 180_000,
        }
    }

    pub fn console(leptos: &Leptos) -> Self {
        Self {
            name: format!("{}-console", leptos.output_name),
            hash_file: format!("console-{}", leptos.hash_file_name),
            features: &[CONSOLE],
            budget: 260_000,
        }
    }

    pub fn is_console(&self) -> bool {
        self.features.contains(&CONSOLE)
    }

    pub fn all(leptos: &Leptos) -> [Self; 2] {
        [Self::members(leptos), Self::console(leptos)]
    }
}
