//! Which targets cargo compiles for the tests that somebody asks for.

use std::{collections::BTreeSet, fs, path::PathBuf};

use anyhow::{Result, bail, ensure};

use crate::artifacts;

/// Programs without a library that are always selected: together with them each crate gets the
/// features that it has in the whole workspace, so that nothing is compiled a second time.
const ANCHORS: [&str; 2] = ["bench", "torture"];

/// What a target is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Lib,
    Bin,
    Test,
}

/// A target with tests.
#[derive(Clone, Debug)]
pub struct Source {
    pub package: String,
    /// Whether it is one of the crates that share their features.
    pub shared: bool,
    pub kind: Kind,
    pub name: String,
    /// Its first file; its modules lie beside it.
    pub root: PathBuf,
}

/// The targets to compile, and the part of a test's name to run.
pub struct Selection {
    targets: Vec<Source>,
    filter: Option<String>,
}

impl Selection {
    /// Reads `[crate] [filter]`.
    pub fn of(sources: &[Source], words: &[String]) -> Result<Self> {
        let is_package = |word: &String| sources.iter().any(|source| source.package == *word);
        let (package, filter) = match words {
            [] => (None, None),
            [package] if is_package(package) => (Some(package), None),
            [filter] => (None, Some(filter)),
            [package, filter] => (Some(package), Some(filter)),
            _ => bail!("give a crate, a part of a test's name, or both"),
        };
        if let Some(package) = package.filter(|package| !is_package(package)) {
            let names: BTreeSet<&str> = sources.iter().map(|source| &*source.package).collect();
            let names: Vec<&str> = names.into_iter().collect();
            bail!(
                "there is no crate `{package}`; there are {}",
                names.join(", ")
            );
        }
        let mut targets = Vec::new();
        for source in sources {
            let chosen = match package {
                Some(package) => source.package == *package,
                None => source.shared && (filter.is_some() || source.kind != Kind::Test),
            };
            if chosen && filter.map_or(Ok(true), |filter| source.may_contain(filter))? {
                targets.push(source.clone());
            }
        }
        ensure!(!targets.is_empty(), "no test has such a name");
        Ok(Self {
            targets,
            filter: filter.cloned(),
        })
    }

    /// The arguments after `cargo test`.
    pub fn cargo_args(&self) -> Vec<String> {
        let mut args = Vec::new();
        let packages = self.targets.iter().map(|target| &*target.package);
        let anchors = ANCHORS.iter().copied();
        let anchors = anchors.filter(|_| self.targets.iter().any(|target| target.shared));
        let packages: BTreeSet<&str> = packages.chain(anchors).collect();
        args.extend(
            packages
                .iter()
                .map(|package| format!("--package={package}")),
        );
        let flags: BTreeSet<String> = self.targets.iter().map(Source::flag).collect();
        args.extend(flags);
        args.extend(self.filter.clone());
        args
    }
}

impl Source {
    fn flag(&self) -> String {
        match self.kind {
            Kind::Lib => "--lib".to_owned(),
            Kind::Bin => format!("--bin={}", self.name),
            Kind::Test => format!("--test={}", self.name),
        }
    }

    /// False when no test of this target can have such a name: a name is made of modules and
    /// functions, and both are written somewhere in the target's files or are files' names.
    fn may_contain(&self, filter: &str) -> Result<bool> {
        let folder = self.root.with_file_name("");
        let mut missing: Vec<&str> = filter.split("::").filter(|word| !word.is_empty()).collect();
        for file in artifacts::files(&folder)? {
            if missing.is_empty() {
                break;
            }
            let text = fs::read_to_string(folder.join(&file)).unwrap_or_default();
            let path = file.to_string_lossy();
            missing.retain(|word| !text.contains(word) && !path.contains(word));
        }
        Ok(missing.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two crates that share features, one with a folder of tests, and one that stands alone.
    fn sources(folder: &std::path::Path) -> Vec<Source> {
        let source = |package: &str, shared, kind, path: &str, text: &str| {
            let root = folder.join(path);
            fs::create_dir_all(root.with_file_name("")).unwrap();
            fs::write(&root, text).unwrap();
            Source {
                package: package.to_owned(),
                shared,
                kind,
                name: root.file_stem().unwrap().to_str().unwrap().to_owned(),
                root,
            }
        };
        vec![
            source(
                "rules",
                true,
                Kind::Lib,
                "rules/src/lib.rs",
                "fn amount_is_whole()",
            ),
            source(
                "site",
                true,
                Kind::Lib,
                "site/src/lib.rs",
                "fn page_renders()",
            ),
            source("site", true, Kind::Bin, "site/bin/serve.rs", "fn main()"),
            source(
                "site",
                true,
                Kind::Test,
                "site/tests/it.rs",
                "mod credits; fn amount_is_paid()",
            ),
            source(
                "tool",
                false,
                Kind::Bin,
                "tool/src/main.rs",
                "fn amount_is_read()",
            ),
        ]
    }

    fn args(test: &str, words: &[&str]) -> Result<String> {
        let folder = std::env::temp_dir().join(format!("xtask-t-{test}-{}", std::process::id()));
        let sources = sources(&folder);
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let args = Selection::of(&sources, &words).map(|chosen| chosen.cargo_args().join(" "));
        fs::remove_dir_all(&folder).unwrap();
        args
    }

    #[test]
    fn words_choose_the_targets_that_are_compiled() {
        let with_anchors = |packages: &str, rest: &str| format!("{packages} {rest}");
        let table = [
            (
                vec![],
                with_anchors(
                    "--package=bench --package=rules --package=site --package=torture",
                    "--bin=serve --lib",
                ),
            ),
            (
                vec!["rules"],
                with_anchors("--package=bench --package=rules --package=torture", "--lib"),
            ),
            (
                vec!["site"],
                with_anchors(
                    "--package=bench --package=site --package=torture",
                    "--bin=serve --lib --test=it",
                ),
            ),
            (
                vec!["amount"],
                with_anchors(
                    "--package=bench --package=rules --package=site --package=torture",
                    "--lib --test=it amount",
                ),
            ),
            (
                vec!["credits::amount_is"],
                with_anchors(
                    "--package=bench --package=site --package=torture",
                    "--test=it credits::amount_is",
                ),
            ),
            (vec!["tool"], "--package=tool --bin=main".to_owned()),
            (
                vec!["tool", "amount"],
                "--package=tool --bin=main amount".to_owned(),
            ),
        ];
        for (words, expected) in table {
            assert_eq!(args("table", &words).unwrap(), expected, "{words:?}");
        }
    }

    #[test]
    fn a_name_that_nobody_has_is_refused_before_anything_is_compiled() {
        let error = |words: &[&str]| args("refused", words).unwrap_err().to_string();
        assert_eq!(
            error(&["nothing_is_called_this"]),
            "no test has such a name"
        );
        assert_eq!(
            error(&["nowhere", "amount"]),
            "there is no crate `nowhere`; there are rules, site, tool"
        );
    }
}
