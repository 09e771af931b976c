//! Each file and function that a document names is in the tree, and so is each picture that it shows.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};

use super::{Gate, tally::Tally};

/// Folders in which a name like `app/src/pages` begins.
const ROOMS: [&str; 8] = [
    "app/",
    "docs/",
    "end2end/",
    "frontend/",
    "migration/",
    "server/",
    "style/",
    "xtask/",
];
/// It tells of what has been.
const HISTORY: &str = "CHANGELOG.md";

/// Fails with each document and what it names in vain.
pub fn doc_paths(gate: &mut Gate) -> Result<Tally> {
    let root = &gate.settings.root;
    let made = [
        root.join("target"),
        root.join("data"),
        gate.settings.target.clone(),
    ];
    let mut documents = Vec::new();
    find(root, &made, &mut documents)?;
    ensure!(!documents.is_empty(), "no document was found");
    let mut wrong = Vec::new();
    for document in &documents {
        let text = fs::read_to_string(document)?;
        let name = document.strip_prefix(root)?.display();
        let missing = missing_in(root, document, &text)?;
        wrong.extend(missing.iter().map(|what| format!("{name}: no {what}")));
    }
    ensure!(
        wrong.is_empty(),
        "these documents name what is not there:\n{}",
        wrong.join("\n")
    );
    Ok(Tally {
        passed: documents.len() as u64,
        failed: 0,
    })
}

fn find(folder: &Path, made: &[PathBuf], documents: &mut Vec<PathBuf>) -> Result<()> {
    for entry in
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?
    {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            let foreign = name.starts_with('.') || name == "node_modules";
            if !foreign && !made.contains(&path) {
                find(&path, made, documents)?;
            }
        } else if name.ends_with(".md") && name != HISTORY {
            documents.push(path);
        }
    }
    Ok(())
}

/// What `text`, the content of `document`, names in vain.
fn missing_in(root: &Path, document: &Path, text: &str) -> Result<Vec<String>> {
    let mut missing = Vec::new();
    let mut fenced = false;
    // `::decide` alone means the file that was named before it.
    let mut file = None;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        if fenced {
            continue;
        }
        for code in line.split('`').skip(1).step_by(2) {
            if ROOMS.iter().any(|room| code.starts_with(room)) && is_name(code) {
                let (path, name) = code.split_once("::").unwrap_or((code, ""));
                file = Some(root.join(path));
                if !has(&root.join(path), name)? {
                    missing.push(format!("`{code}`"));
                }
            } else if let (Some(name), Some(file)) = (code.strip_prefix("::"), &file)
                && !has(file, name)?
            {
                missing.push(format!("`{code}` in {}", file.display()));
            }
        }
        let beside = document.parent().unwrap_or(root);
        for link in links(line) {
            let path = link.split('#').next().unwrap_or_default();
            if !link.contains("://") && !beside.join(path).exists() {
                missing.push(format!("page or picture at ({link})"));
            }
        }
    }
    Ok(missing)
}

/// Where the links of a line lead, and the files of its pictures, in Markdown and in HTML.
fn links(line: &str) -> impl Iterator<Item = &str> {
    let between = move |begin: &'static str, end: char| {
        let behind = line.split(begin).skip(1);
        behind.filter_map(move |rest| rest.split(end).next())
    };
    between("](", ')')
        .chain(between("src=\"", '"'))
        .chain(between("srcset=\"", '"'))
}

/// It is a path, perhaps with a name in it, and no pattern or command.
fn is_name(code: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:".contains(c);
    code.chars().all(plain)
}

/// Whether `path` is there and speaks of `name`, if there is one.
fn has(path: &Path, name: &str) -> Result<bool> {
    if name.is_empty() || !path.is_file() {
        return Ok(name.is_empty() && path.exists());
    }
    let text = fs::read_to_string(path)?;
    let mut words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
    Ok(words.any(|word| word == name))
}

#[cfg(test)]
mod tests {
    use std::{env, process};

    use super::*;

    #[test]
    fn what_is_named_in_vain_is_found() {
        let root = env::temp_dir().join(format!("xtask-doc-paths-{}", process::id()));
        fs::create_dir_all(root.join("app/src")).unwrap();
        fs::write(root.join("app/src/pages.rs"), "pub fn home() {}").unwrap();
        let document = root.join("README.md");
        let missing = |text: &str| missing_in(&root, &document, text).unwrap();
        for good in [
            "`app/src`, `app/src/pages.rs` and `app/src/pages.rs::home`",
            "`app/src/pages.rs`, whose\n`::home` is small",
            "[the pages](app/src/pages.rs#home), [a site](https://example.com/a)",
            "`app/*/pages.rs`, `cargo run app/gone`, `/gone`, `GET`",
            "```\n`app/gone.rs`\n```",
            "![a picture](app/src/pages.rs), [![small](app/src/pages.rs)](app/src)",
            "<source srcset=\"app/src/pages.rs\"><img src=\"app/src/pages.rs\">",
        ] {
            assert_eq!(missing(good), Vec::<String>::new(), "{good}");
        }
        for bad in [
            "`app/src/gone.rs`",
            "`app/src/pages.rs::hom`",
            "`app/src::home`",
            "`app/src/pages.rs` and `::gone`",
            "[the pages](app/gone.rs)",
            "![a picture](app/gone.png)",
            "[![small](app/gone.png)](app/src)",
            "<img alt=\"a picture\" src=\"app/gone.png\">",
            "<source srcset=\"app/gone.png\">",
        ] {
            assert_eq!(missing(bad).len(), 1, "{bad}");
        }
        fs::remove_dir_all(root).unwrap();
    }
}
