//! Rules of the house that a compiler does not know.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};

use super::{Gate, tally::Tally};
use crate::artifacts::WASM_TARGET;

const LONGEST: usize = 400;

const NOT_IN_BROWSER: [&str; 14] = [
    "sea-orm",
    "sqlx",
    "axum",
    "tokio",
    "async-stripe",
    "apalis",
    "argon2",
    "lettre",
    "mailer",
    "server",
    "services",
    "store",
    "stripe-gateway",
    "migration",
];
const NOT_IN_APP: [&str; 4] = ["sea-orm", "axum", "tokio", "async-stripe"];

/// What a crate of the server must not know, by itself or through another.
const WALLS: [(&str, &[&str]); 5] = [
    (
        "server-core",
        &[
            "app",
            "axum",
            "leptos",
            "sea-orm",
            "store",
            "stripe-gateway",
        ],
    ),
    (
        "stripe-gateway",
        &["app", "axum", "leptos", "sea-orm", "store", "services"],
    ),
    (
        "mailer",
        &["app", "axum", "leptos", "sea-orm", "store", "services"],
    ),
    (
        "store",
        &[
            "app",
            "axum",
            "leptos",
            "async-stripe",
            "mailer",
            "stripe-gateway",
            "services",
        ],
    ),
    ("services", &["app", "axum", "leptos"]),
];

/// Keeps the database, the web server and Stripe out of the browser and out of the pages.
pub fn dependencies(gate: &mut Gate) -> Result<Tally> {
    let front = gate.settings.leptos().lib_package.clone();
    let browser = tree(gate, &["-p", &front, "--target", WASM_TARGET])?;
    let app = tree(gate, &["-p", "app", "--features", "ssr", "--depth", "1"])?;
    let mut found = forbidden(&browser, &NOT_IN_BROWSER, "the browser's part");
    found.extend(forbidden(&app, &NOT_IN_APP, "app with ssr"));
    for (krate, unknown) in WALLS {
        let known = tree(gate, &["-p", krate])?;
        // Its own name stands first.
        let below: Vec<&str> = known.lines().skip(1).collect();
        found.extend(forbidden(&below.join("\n"), unknown, krate));
    }
    ensure!(found.is_empty(), "{}", found.join("\n"));
    Ok(Tally {
        passed: 2 + WALLS.len() as u64,
        failed: 0,
    })
}

fn tree(gate: &Gate, args: &[&str]) -> Result<String> {
    let output = gate
        .settings
        .cargo()
        .args([
            "tree", "--edges", "normal", "--prefix", "none", "--format", "{p}",
        ])
        .args(args)
        .output()
        .context("cargo tree could not be started")?;
    ensure!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// A name covers its family: `sqlx` also means `sqlx-core`.
fn forbidden(tree: &str, names: &[&str], whose: &str) -> Vec<String> {
    let crates = tree
        .lines()
        .filter_map(|line| line.split_whitespace().next());
    let mut found: Vec<String> = crates
        .filter(|krate| {
            names.iter().any(|name| {
                krate
                    .strip_prefix(name)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
            })
        })
        .map(|krate| format!("{whose} must not depend on {krate}; see `cargo tree -i {krate}`"))
        .collect();
    found.sort();
    found.dedup();
    found
}

/// A file that one cannot take in at once wants to be two.
pub fn length(gate: &mut Gate) -> Result<Tally> {
    let mut long = Vec::new();
    let root = &gate.settings.root;
    let made = [
        root.join("target"),
        root.join("data"),
        gate.settings.target.clone(),
    ];
    visit(root, &made, &mut long)?;
    ensure!(
        long.is_empty(),
        "over {LONGEST} lines, split them:\n{}",
        long.join("\n")
    );
    Ok(Tally::ONE)
}

fn visit(folder: &Path, made: &[PathBuf], long: &mut Vec<String>) -> Result<()> {
    for entry in
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?
    {
        let path = entry?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if path.is_dir() {
            let foreign = name.starts_with('.') || name == "node_modules";
            if !foreign && !made.contains(&path) {
                visit(&path, made, long)?;
            }
        } else if [".rs", ".ts", ".css"].iter().any(|ext| name.ends_with(ext)) {
            let lines = fs::read_to_string(&path)?.lines().count();
            if lines > LONGEST {
                long.push(format!("{} has {lines}", path.display()));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::forbidden;

    #[test]
    fn a_family_is_forbidden_and_a_namesake_is_not() {
        let tree = "frontend v0.1.0 (/x)\nsqlx-core v0.9.0\ntokio v1.0.0\nserver_fn v0.8.0\naxumish v1.0.0\ntokio v1.0.0";
        let found = forbidden(tree, &["sqlx", "tokio", "server", "axum"], "it");
        assert_eq!(found.len(), 2, "{found:?}");
    }
}
