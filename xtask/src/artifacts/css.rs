//! The style sheets: small files out of style/main.css and what it imports. One is for the pages of the console; the
//! other, for all others, has no rule of the console's folder.

use std::{io, path::Path};

use anyhow::{Context, Result, anyhow};
use lightningcss::{
    bundler::{Bundler, FileProvider, ResolveResult, SourceProvider},
    printer::PrinterOptions,
    stylesheet::{MinifyOptions, ParserOptions},
    targets::{Browsers, Targets},
};

use super::{Entry, Output, hash};
use crate::settings::Settings;

/// The folder of the rules that only the console's pages need.
const CONSOLE: &str = "console";

/// Bundles and minifies into a file for each entry, `{name}.css`.
pub fn bundle(settings: &Settings, output: &Output) -> Result<()> {
    let leptos = settings.leptos();
    let main = settings.root.join(&leptos.style_file);
    let folder = main
        .parent()
        .context("style-file in Cargo.toml has no folder")?;
    let input = format!("2 {} {}", leptos.output_name, hash::of_folder(folder)?);
    hash::unless_done(&output.style, &input, || {
        for entry in Entry::all(leptos) {
            let out = output.style.join(format!("{}.css", entry.name));
            let css = minified(&main, entry.is_console())?;
            hash::write_if_changed(&out, css.as_bytes())?;
        }
        Ok(())
    })
}

/// The files; those of the console are empty where they are not needed, so that one list of imports has the order of
/// both sheets.
struct Sources {
    files: FileProvider,
    is_console: bool,
}

impl SourceProvider for Sources {
    type Error = io::Error;

    fn read<'a>(&'a self, file: &Path) -> io::Result<&'a str> {
        let is_consoles = file.parent().is_some_and(|to| to.ends_with(CONSOLE));
        match is_consoles && !self.is_console {
            true => Ok(""),
            false => self.files.read(file),
        }
    }

    fn resolve(&self, specifier: &str, from: &Path) -> io::Result<ResolveResult> {
        self.files.resolve(specifier, from)
    }
}

fn minified(main: &Path, is_console: bool) -> Result<String> {
    let files = Sources {
        files: FileProvider::new(),
        is_console,
    };
    let targets = targets();
    let mut sheet = Bundler::new(&files, None, ParserOptions::default())
        .bundle(main)
        .map_err(|error| anyhow!("{error}; look from {}", main.display()))?;
    sheet
        .minify(MinifyOptions {
            targets,
            ..MinifyOptions::default()
        })
        .map_err(|error| anyhow!("the stylesheet cannot be minified: {error}"))?;
    let options = PrinterOptions {
        minify: true,
        targets,
        ..PrinterOptions::default()
    };
    let printed = sheet
        .to_css(options)
        .map_err(|error| anyhow!("the stylesheet cannot be printed: {error}"))?;
    Ok(printed.code)
}

/// Browsers since the summer of 2024: they know nesting and `light-dark()`, so both stay as written.
fn targets() -> Targets {
    let version = |major: u32, minor: u32| Some(major << 16 | minor << 8);
    Targets::from(Browsers {
        chrome: version(123, 0),
        edge: version(123, 0),
        firefox: version(121, 0),
        safari: version(17, 5),
        ios_saf: version(17, 5),
        ..Browsers::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_are_joined_and_modern_css_is_kept() {
        let folder = std::env::temp_dir().join(format!("xtask-css-{}", std::process::id()));
        let write =
            |name: &str, css: &str| hash::write_if_changed(&folder.join(name), css.as_bytes());
        write(
            "main.css",
            "@layer base;\n@import './base.css' layer(base);\n.a { & .b { color: red } }",
        )
        .unwrap();
        write("base.css", ":root { color: light-dark(black, white); }").unwrap();
        let css = minified(&folder.join("main.css"), false).unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        assert!(
            css.contains("light-dark(") && css.contains("& .b{") && !css.contains("@import"),
            "{css}"
        );
    }

    #[test]
    fn only_the_consoles_sheet_has_the_rules_of_its_folder() {
        let folder = std::env::temp_dir().join(format!("xtask-console-{}", std::process::id()));
        let write =
            |name: &str, css: &str| hash::write_if_changed(&folder.join(name), css.as_bytes());
        write(
            "main.css",
            "@import './console/table.css';\n@import './states.css';",
        )
        .unwrap();
        write("console/table.css", ".table { color: red }").unwrap();
        write("states.css", ".button { margin: 0 }").unwrap();
        let [members, console] =
            [false, true].map(|is_console| minified(&folder.join("main.css"), is_console).unwrap());
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(members, ".button{margin:0}");
        assert_eq!(console, ".table{color:red}.button{margin:0}");
    }

    #[test]
    fn a_missing_import_is_named() {
        let error = minified(Path::new("/nowhere/main.css"), true)
            .unwrap_err()
            .to_string();
        assert!(error.contains("/nowhere/main.css"), "{error}");
    }
}
