//! The stylesheet: one small file out of style/main.css and what it imports.

use std::path::Path;

use anyhow::{Context, Result, anyhow};
use lightningcss::{
    bundler::{Bundler, FileProvider},
    printer::PrinterOptions,
    stylesheet::{MinifyOptions, ParserOptions},
    targets::{Browsers, Targets},
};

use super::{Output, hash};
use crate::settings::Settings;

/// Bundles and minifies into `{output-name}.css`.
pub fn bundle(settings: &Settings, output: &Output) -> Result<()> {
    let leptos = settings.leptos();
    let entry = settings.root.join(&leptos.style_file);
    let folder = entry
        .parent()
        .context("style-file in Cargo.toml has no folder")?;
    let out = output.style.join(format!("{}.css", leptos.output_name));
    let input = format!("1 {} {}", leptos.output_name, hash::of_folder(folder)?);
    hash::unless_done(&output.style, &input, || {
        hash::write_if_changed(&out, minified(&entry)?.as_bytes()).map(|_| ())
    })
}

fn minified(entry: &Path) -> Result<String> {
    let files = FileProvider::new();
    let targets = targets();
    let mut sheet = Bundler::new(&files, None, ParserOptions::default())
        .bundle(entry)
        .map_err(|error| anyhow!("{error}; look from {}", entry.display()))?;
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
        let css = minified(&folder.join("main.css")).unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        assert!(
            css.contains("light-dark(") && css.contains("& .b{") && !css.contains("@import"),
            "{css}"
        );
    }

    #[test]
    fn a_missing_import_is_named() {
        let error = minified(Path::new("/nowhere/main.css"))
            .unwrap_err()
            .to_string();
        assert!(error.contains("/nowhere/main.css"), "{error}");
    }
}
