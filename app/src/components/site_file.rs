//! The files of a site whose names have their hash: browsers keep them for good, and no page meets those of another
//! release. `xtask/src/artifacts/publish.rs` names them.

use std::{borrow::Cow, env, fs, sync::OnceLock};

use leptos::{nonce::use_nonce, prelude::*};

/// The address of a file: `/pkg/states.4f1c09d2.js` of `states` and `js`.
pub fn site_file(options: &LeptosOptions, name: &str, kind: &str) -> String {
    let hashes = hashes(options);
    let hash = hash_of(&hashes, &format!("{name}.{kind}"));
    let hash = hash.map(|hash| format!(".{hash}")).unwrap_or_default();
    format!("/{}/{name}{hash}.{kind}", options.site_pkg_dir)
}

/// A script of `frontend/scripts`. A browser runs it once, however often a page has it.
pub fn page_script(name: &'static str) -> impl IntoView {
    let options = expect_context::<LeptosOptions>();
    let address = site_file(&options, name, "js");
    view! { <script type="module" src=address nonce=use_nonce()></script> }
}

fn hash_of<'a>(hashes: &'a str, file: &str) -> Option<&'a str> {
    let mut lines = hashes.lines();
    lines.find_map(|line| line.strip_prefix(file)?.strip_prefix(": "))
}

/// A release reads them once; a development build reads them for every page, since `cargo xtask dev` replaces what they
/// name.
fn hashes(options: &LeptosOptions) -> Cow<'static, str> {
    static READ: OnceLock<String> = OnceLock::new();
    let read = || hash_file(options).unwrap_or_default();
    match cfg!(debug_assertions) {
        true => Cow::Owned(read()),
        false => Cow::Borrowed(READ.get_or_init(read).as_str()),
    }
}

/// Beside the program, where Leptos looks for those of its own files.
fn hash_file(options: &LeptosOptions) -> Option<String> {
    let program = env::current_exe().ok().filter(|_| options.hash_files)?;
    fs::read_to_string(program.with_file_name(options.hash_file.as_ref())).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_that_of_the_whole_name() {
        let hashes = "js: 1\nwasm: 2\npewpros-console.css: 3\npewpros.css: 4\nstates.js: 5\n";
        assert_eq!(hash_of(hashes, "pewpros.css"), Some("4"));
        assert_eq!(hash_of(hashes, "pewpros-console.css"), Some("3"));
        assert_eq!(hash_of(hashes, "states.js"), Some("5"));
        assert_eq!(hash_of(hashes, "password.js"), None);
    }
}
