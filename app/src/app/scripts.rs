//! Which entry of the browser's part a page loads: a page of the console loads one that has the console's islands
//! too. `xtask/src/artifacts/entry.rs` composes the same names.

use leptos::prelude::*;

use crate::ports::Viewer;

/// The options with which Leptos links to the scripts of the page.
pub fn options(options: &LeptosOptions, viewer: Option<&Viewer>) -> LeptosOptions {
    let mut options = options.clone();
    if viewer.is_some_and(Viewer::is_in_console) {
        options.output_name = format!("{}-console", options.output_name).into();
        options.hash_file = format!("console-{}", options.hash_file).into();
    }
    options
}
