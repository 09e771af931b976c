//! No file imports one that, by whatever way, imports it. A file may use what its own parents hold.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use petgraph::{algo::tarjan_scc, graphmap::DiGraphMap};
use syn::{
    ItemMod, ItemUse, UseTree, Visibility,
    visit::{self, Visit},
};

use super::{Gate, tally::Tally};

/// The names of the modules that lead to something, from the crate's root.
type Names = Vec<String>;

/// Looks at each crate of the workspace.
pub fn circles(gate: &mut Gate) -> Result<Tally> {
    let mut found = Vec::new();
    for sources in gate.settings.sources() {
        let modules = read(&sources)?;
        let circles = circles_among(&modules);
        found.extend(circles.iter().map(|circle| {
            let names: Vec<_> = circle.iter().map(|name| name.join("::")).collect();
            format!("{}: {}", sources.display(), names.join(" ↔ "))
        }));
    }
    ensure!(
        found.is_empty(),
        "these files import each other, move what they share below both:\n{}",
        found.join("\n")
    );
    Ok(Tally::ONE)
}

/// What a module says of others.
#[derive(Default)]
struct Module {
    /// Where it uses something.
    uses: Vec<Names>,
    /// What it passes on, by the name under which it does.
    passed_on: BTreeMap<String, Names>,
}

/// Every module that has a file of its own below `sources`.
fn read(sources: &Path) -> Result<BTreeMap<Names, Module>> {
    let mut modules = BTreeMap::new();
    let mut folders = vec![sources.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let name = name_of(path.strip_prefix(sources)?);
                let text = fs::read_to_string(&path)?;
                let module = module(&name, &text)
                    .with_context(|| format!("cannot read {}", path.display()))?;
                modules.insert(name, module);
            }
        }
    }
    Ok(modules)
}

/// `a/b.rs` and `a/b/mod.rs` are `a::b`. A program beside a library is a crate of its own, in which
/// nothing names `main`.
fn name_of(file: &Path) -> Names {
    let path: PathBuf = file.with_extension("");
    let mut name: Names = path
        .iter()
        .map(|part| part.to_string_lossy().into_owned())
        .collect();
    if matches!(name.last().map(String::as_str), Some("mod" | "lib")) {
        name.pop();
    }
    name
}

fn module(name: &[String], text: &str) -> Result<Module> {
    let mut reader = Reader {
        here: name.to_vec(),
        module: Module::default(),
    };
    reader.visit_file(&syn::parse_file(text)?);
    Ok(reader.module)
}

struct Reader {
    here: Names,
    module: Module,
}

impl Reader {
    /// From the crate's root; `None` for what another crate or a name in scope begins.
    fn absolute(&self, path: &[String]) -> Option<Names> {
        let ups = path.iter().take_while(|part| *part == "super").count();
        let base = match path.first()?.as_str() {
            "crate" => return Some(path[1..].to_vec()),
            "self" => return Some([&self.here[..], &path[1..]].concat()),
            "super" => &self.here[..self.here.len().checked_sub(ups)?],
            _ => return None,
        };
        Some([base, &path[ups..]].concat())
    }

    fn take(&mut self, tree: &UseTree, before: &mut Names, public: bool) {
        match tree {
            UseTree::Path(path) => {
                before.push(path.ident.to_string());
                self.take(&path.tree, before, public);
                before.pop();
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.take(tree, before, public);
                }
            }
            UseTree::Name(name) => self.leaf(before, &name.ident.to_string(), None, public),
            UseTree::Rename(name) => {
                let new = name.rename.to_string();
                self.leaf(before, &name.ident.to_string(), Some(new), public);
            }
            UseTree::Glob(_) => self.leaf(before, "self", None, false),
        }
    }

    fn leaf(&mut self, before: &[String], name: &str, rename: Option<String>, public: bool) {
        let mut path = before.to_vec();
        if name != "self" {
            path.push(name.to_owned());
        }
        // A name without a beginning is a child's.
        let path = match self.absolute(&path) {
            Some(path) => path,
            None => [&self.here[..], &path[..]].concat(),
        };
        match (public, path.last().cloned()) {
            (true, Some(last)) => {
                self.module.passed_on.insert(rename.unwrap_or(last), path);
            }
            _ => self.module.uses.push(path),
        }
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        let public = !matches!(item.vis, Visibility::Inherited);
        self.take(&item.tree, &mut Vec::new(), public);
    }

    /// Tests may use whatever they like.
    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        if item.ident != "tests" {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names: Names = path
            .segments
            .iter()
            .map(|part| part.ident.to_string())
            .collect();
        let path_from_root = match self.absolute(&names) {
            None if names.len() > 1 => Some([&self.here[..], &names[..]].concat()),
            known => known,
        };
        self.module.uses.extend(path_from_root);
        visit::visit_path(self, path);
    }
}

/// The module that holds what `path` names, through whatever passes it on.
fn holder(modules: &BTreeMap<Names, Module>, path: &[String], hops: u8) -> Option<Names> {
    let depth = (0..=path.len()).rfind(|depth| modules.contains_key(&path[..*depth]))?;
    let (name, rest) = path.split_at(depth);
    let passed_on = rest
        .first()
        .and_then(|first| modules[name].passed_on.get(first));
    match passed_on {
        Some(to) if hops > 0 => holder(modules, &[&to[..], &rest[1..]].concat(), hops - 1),
        _ => Some(name.to_vec()),
    }
}

fn circles_among(modules: &BTreeMap<Names, Module>) -> Vec<Vec<&Names>> {
    const HOPS: u8 = 8;
    let names: Vec<&Names> = modules.keys().collect();
    let mut graph = DiGraphMap::<usize, ()>::new();
    for (from, (name, module)) in modules.iter().enumerate() {
        for path in &module.uses {
            let Some(holder) = holder(modules, path, HOPS) else {
                continue;
            };
            let own_parent = name.starts_with(&holder);
            if let Ok(to) = names.binary_search(&&holder)
                && !own_parent
            {
                graph.add_edge(from, to, ());
            }
        }
    }
    let circles = tarjan_scc(&graph).into_iter();
    circles
        .filter(|circle| circle.len() > 1)
        .map(|circle| circle.into_iter().map(|at| names[at]).collect())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)]) -> Vec<String> {
        let modules = files
            .iter()
            .map(|(file, text)| {
                let name = name_of(Path::new(file));
                let module = module(&name, text).unwrap();
                (name, module)
            })
            .collect();
        let mut names: Vec<String> = circles_among(&modules)
            .into_iter()
            .flatten()
            .map(|name| name.join("::"))
            .collect();
        names.sort();
        names
    }

    #[test]
    fn two_files_that_import_each_other_are_found() {
        let root = ("lib.rs", "mod a; mod b;");
        let (a, b) = (
            ("a.rs", "use crate::b::B;"),
            ("b.rs", "fn f() { super::a::g() }"),
        );
        assert_eq!(found(&[root, a, b]), ["a", "b"]);
        assert!(found(&[root, a, ("b.rs", "pub struct B;")]).is_empty());
    }

    #[test]
    fn a_circle_through_a_name_that_is_passed_on_is_found() {
        let files = [
            ("lib.rs", "mod a; mod b;"),
            ("a/mod.rs", "mod inner; pub use inner::Inner;"),
            ("a/inner.rs", "use crate::b::B; pub struct Inner;"),
            ("b.rs", "use crate::a::Inner; pub struct B;"),
        ];
        assert_eq!(found(&files), ["a::inner", "b"]);
    }

    #[test]
    fn a_parent_and_its_child_and_tests_are_no_circle() {
        let files = [
            ("lib.rs", "mod a; fn f() { a::g() }"),
            (
                "a.rs",
                "use super::f; #[cfg(test)] mod tests { use crate::b::B; }",
            ),
            ("b.rs", "use crate::a::g; pub struct B;"),
        ];
        assert!(found(&files).is_empty());
    }
}
