//! Each rule of docs/rules.md names tests that are in the tree.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use clap::CommandFactory;
use syn::{
    ItemFn, ItemMacro,
    visit::{self, Visit},
};

use super::{Gate, tally::Tally};

const RULES: &str = "docs/rules.md";
/// Where a name like `jobs/rules::the_amount` or `credit::retry` may begin.
const ROOTS: [&str; 2] = ["app/domain/src", "server/tests/it"];
const SPECS: &str = "end2end/specs";

/// Fails with the number of each rule that names no test, or one that is not there.
pub fn rule_tests(gate: &mut Gate) -> Result<Tally> {
    let root = &gate.settings.root;
    let text = fs::read_to_string(root.join(RULES)).with_context(|| format!("no {RULES}"))?;
    let rules = rules_in(&text);
    ensure!(!rules.is_empty(), "{RULES} has no numbered rule");
    let mut wrong = Vec::new();
    for rule in &rules {
        if rule.tests.is_empty() {
            wrong.push(format!("rule {} names no test", rule.number));
        }
        for test in &rule.tests {
            if !exists(root, test)? {
                wrong.push(format!("rule {}: there is no test `{test}`", rule.number));
            }
        }
    }
    ensure!(wrong.is_empty(), "{RULES}:\n{}", wrong.join("\n"));
    Ok(Tally {
        passed: rules.len() as u64,
        failed: 0,
    })
}

#[derive(Debug, PartialEq)]
struct Rule {
    number: u32,
    tests: Vec<String>,
}

/// A rule begins with its number at the beginning of a line and ends at the next rule or heading.
fn rules_in(text: &str) -> Vec<Rule> {
    let mut rules: Vec<(u32, String)> = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        let number = line.split_once(". ").and_then(|(n, _)| n.parse().ok());
        if let Some(number) = number {
            rules.push((number, String::new()));
            inside = true;
        } else if line.starts_with('#') {
            inside = false;
        }
        if inside && let Some((_, said)) = rules.last_mut() {
            said.push_str(line);
            said.push('\n');
        }
    }
    let read = |(number, said): (u32, String)| Rule {
        number,
        tests: tests_in(&said),
    };
    rules.into_iter().map(read).collect()
}

/// The names between backticks that end the rule. One that stands earlier is a test if it looks
/// like one, so that a forgotten comma hides nothing.
fn tests_in(said: &str) -> Vec<String> {
    let pieces: Vec<&str> = said.split('`').collect();
    // Prose and code by turns, prose first and last.
    let names = pieces.iter().skip(1).step_by(2);
    let behind = pieces.iter().skip(2).step_by(2);
    let mut tests = Vec::new();
    let mut at_the_end = true;
    for (name, prose) in names.zip(behind).rev() {
        at_the_end &= matches!(prose.trim(), "" | ",");
        if at_the_end || name.contains("::") || name.ends_with(".spec.ts") {
            tests.push((*name).to_owned());
        }
    }
    tests.reverse();
    tests
}

fn exists(root: &Path, test: &str) -> Result<bool> {
    if let Some(chore) = test.strip_prefix("cargo xtask ") {
        return Ok(crate::Cli::command().find_subcommand(chore).is_some());
    }
    if test.ends_with(".spec.ts") {
        return Ok(root.join(SPECS).join(test).is_file());
    }
    let segments: Vec<&str> = test.split("::").flat_map(|part| part.split('/')).collect();
    for start in ROOTS {
        if in_tree(&root.join(start), &segments)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether the segments lead to a test, or to a module or folder that has some.
fn in_tree(start: &Path, segments: &[&str]) -> Result<bool> {
    for file in files_of(&module(start, segments))? {
        if !tests_of(&file)?.is_empty() {
            return Ok(true);
        }
    }
    let Some((name, parents)) = segments.split_last() else {
        return Ok(false);
    };
    let parent = module(start, parents);
    let beside = ["mod.rs", "tests.rs"].map(|file| parent.join(file));
    for file in [parent.with_extension("rs")].iter().chain(&beside) {
        if file.is_file() && tests_of(file)?.contains(*name) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn module(start: &Path, segments: &[&str]) -> PathBuf {
    segments
        .iter()
        .fold(start.to_owned(), |path, s| path.join(s))
}

/// The files of a module: its own, and those in the folder of its name.
fn files_of(module: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let own = module.with_extension("rs");
    if own.is_file() {
        files.push(own);
    }
    let mut folders = vec![module.to_owned()];
    while let Some(folder) = folders.pop().filter(|folder| folder.is_dir()) {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                files.push(path);
            }
        }
    }
    Ok(files)
}

/// The names of the tests of a file: functions under `#[test]` or the like, functions that a macro
/// such as `on_both_databases!` names, and functions within a macro such as `proptest!`.
fn tests_of(file: &Path) -> Result<BTreeSet<String>> {
    let text = fs::read_to_string(file)?;
    let parsed = syn::parse_file(&text).with_context(|| format!("{}", file.display()))?;
    let mut found = Found::default();
    found.visit_file(&parsed);
    let by_macro = found.functions.intersection(&found.in_macros).cloned();
    let mut tests: BTreeSet<String> = by_macro.collect();
    tests.extend(found.tests);
    Ok(tests)
}

#[derive(Default)]
struct Found {
    tests: BTreeSet<String>,
    functions: BTreeSet<String>,
    in_macros: BTreeSet<String>,
}

impl<'ast> Visit<'ast> for Found {
    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        let is_test = item.attrs.iter().any(|attribute| {
            let last = attribute.path().segments.last();
            last.is_some_and(|segment| segment.ident == "test")
        });
        let names = if is_test {
            &mut self.tests
        } else {
            &mut self.functions
        };
        names.insert(item.sig.ident.to_string());
        visit::visit_item_fn(self, item);
    }

    fn visit_item_macro(&mut self, item: &'ast ItemMacro) {
        let tokens = item.mac.tokens.to_string();
        let words = || tokens.split(|c: char| !c.is_alphanumeric() && c != '_');
        self.in_macros.extend(words().map(str::to_owned));
        // The definition of a macro may list tests; behind its `fn` stands a parameter.
        if item.ident.is_some() {
            return;
        }
        let named = words().filter(|word| !word.is_empty());
        let after = named.clone().skip(1);
        let functions = named.zip(after).filter(|(before, _)| *before == "fn");
        self.tests
            .extend(functions.map(|(_, name)| name.to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use std::{env, process};

    use super::*;

    fn rule(number: u32, tests: &[&str]) -> Rule {
        Rule {
            number,
            tests: tests.iter().map(|&test| test.to_owned()).collect(),
        }
    }

    #[test]
    fn a_rule_ends_with_its_tests() {
        let text = "# Rules\n\n1. **A link** has `?ref=`, until\n   `detach`. `a/b`,\n   `c.spec.ts`\n\
                    2. Says `x::y` `z`, and more.\n\n## More\n\n3. `cargo xtask torture`\n";
        assert_eq!(
            rules_in(text),
            [
                rule(1, &["a/b", "c.spec.ts"]),
                rule(2, &["x::y"]),
                rule(3, &["cargo xtask torture"]),
            ]
        );
    }

    #[test]
    fn a_test_is_found_where_its_name_says() {
        let root = env::temp_dir().join(format!("xtask-rule-tests-{}", process::id()));
        for (file, text) in [
            (
                "server/tests/it/jobs/rules.rs",
                "on_both_databases!(by_macro);\nasync fn by_macro(app: TestApp) {}\nfn helper() {}",
            ),
            (
                "app/domain/src/money.rs",
                "mod tests { #[test] fn alone() {} proptest! { #[test] fn made_up(x in 0..9) {} } }",
            ),
            ("app/domain/src/bare.rs", "fn nothing() {}"),
            ("end2end/specs/story.spec.ts", ""),
        ] {
            let path = root.join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let there = |test: &str| exists(&root, test).unwrap();
        for test in [
            "jobs",
            "jobs/rules",
            "jobs/rules::by_macro",
            "money",
            "money::alone",
            "money::made_up",
            "story.spec.ts",
            "cargo xtask torture",
        ] {
            assert!(there(test), "{test}");
        }
        for test in [
            "jobs/rules::helper",
            "jobs/rules::gone",
            "jobs/gone",
            "money::tests",
            "bare",
            "gone.spec.ts",
            "cargo xtask gone",
        ] {
            assert!(!there(test), "{test}");
        }
        fs::remove_dir_all(root).unwrap();
    }
}
