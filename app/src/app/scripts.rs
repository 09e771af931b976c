//! The scripts that wake up a page's islands, and the one that copies before that. A page of the console loads an entry
//! that has the console's islands too. `xtask/src/artifacts/entry.rs` composes the same names.

use std::sync::OnceLock;

use leptos::{nonce::use_nonce, prelude::*, reactive::owner::Owner, tachys::html::InertElement};

use crate::ports::Viewer;

/// Stands for the nonce in what is kept of the scripts.
const NONCE: &str = "NONCE-OF-THE-PAGE";

/// The links and the script. Leptos finds their names in a file. A release reads that once; a development build reads
/// it for every page, since `cargo xtask dev` replaces what it names.
pub fn islands(options: &LeptosOptions, viewer: Option<&Viewer>) -> InertElement {
    static ENTRIES: [OnceLock<String>; 2] = [const { OnceLock::new() }; 2];
    // As Leptos's own component does: nothing but islands is hydrated.
    if let Some(context) = Owner::current_shared_context() {
        context.set_is_hydrating(false);
    }
    let is_console = viewer.is_some_and(Viewer::is_in_console);
    let nonce = nonce();
    let write = || written(entry(options, is_console), &nonce);
    let scripts = match cfg!(debug_assertions) {
        true => write(),
        false => ENTRIES[usize::from(is_console)].get_or_init(write).clone(),
    };
    InertElement::new(scripts.replace(NONCE, &nonce))
}

/// What copies a text, and opens the browser's own menu for sharing. The page has it in itself, so that it works as soon
/// as its button is seen, whatever is still loading or never arrives.
pub fn copying() -> InertElement {
    static SCRIPT: OnceLock<String> = OnceLock::new();
    let script = SCRIPT.get_or_init(|| without_comments(include_str!("copy.js")));
    InertElement::new(format!("<script nonce=\"{}\">{script}</script>", nonce()))
}

/// What allows a page's own scripts and style; empty if the page has no such policy.
pub fn nonce() -> String {
    use_nonce().map_or_else(String::new, |nonce| nonce.to_string())
}

/// The options with which Leptos names the files of members' pages, or of the console's.
pub fn entry(options: &LeptosOptions, is_console: bool) -> LeptosOptions {
    let mut options = options.clone();
    if is_console {
        options.output_name = format!("{}-console", options.output_name).into();
        options.hash_file = format!("console-{}", options.hash_file).into();
    }
    options
}

fn written(options: LeptosOptions, nonce: &str) -> String {
    let scripts = view! { <HydrationScripts options islands=true /> }.to_html();
    let scripts = behind_style(&without_preload(&scripts));
    match nonce {
        "" => scripts,
        nonce => scripts.replace(nonce, NONCE),
    }
}

/// The scripts without the link that asks for the WASM at once. On a slow connection it would take from the style
/// sheet what the first paint waits for; the script asks for it a moment later.
fn without_preload(scripts: &str) -> String {
    const PRELOAD: &str = "<link rel=\"preload\"";
    let around = scripts.split_once(PRELOAD).and_then(|(before, rest)| {
        let (_, after) = rest.split_once('>')?;
        Some([before, after].concat())
    });
    around.unwrap_or_else(|| scripts.to_owned())
}

/// The scripts, asked for after the style sheet, for which the first paint waits.
fn behind_style(scripts: &str) -> String {
    scripts.replace(
        "<link rel=\"modulepreload\"",
        "<link fetchpriority=\"low\" rel=\"modulepreload\"",
    )
}

fn without_comments(script: &str) -> String {
    let lines = script.lines().map(str::trim);
    let code: Vec<&str> = lines.filter(|line| !line.starts_with("//")).collect();
    code.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wasm_is_not_asked_for_before_the_page_is_painted() {
        let scripts = "<link rel=\"modulepreload\" href=\"/a.js\"><link rel=\"preload\" \
                       href=\"/a.wasm\" as=\"fetch\"><script>x</script>";
        let left = "<link rel=\"modulepreload\" href=\"/a.js\"><script>x</script>";
        assert_eq!(without_preload(scripts), left);
        assert_eq!(without_preload(left), left);
    }

    #[test]
    fn the_style_sheet_comes_before_the_scripts() {
        let scripts = "<link rel=\"modulepreload\" href=\"/a.js\"><script>x</script>";
        assert_eq!(
            behind_style(scripts),
            "<link fetchpriority=\"low\" rel=\"modulepreload\" href=\"/a.js\"><script>x</script>"
        );
    }

    #[test]
    fn a_page_has_no_comments_of_its_script() {
        assert_eq!(
            without_comments("// Why.\na();\n  // How.\n  b();\n"),
            "a();\nb();"
        );
        let script = without_comments(include_str!("copy.js"));
        assert!(
            script.contains("clipboard.writeText(") && !script.contains("//"),
            "{script}"
        );
        assert!(!script.contains("</script"), "it would end there");
    }
}
