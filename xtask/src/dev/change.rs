//! What has to be rebuilt after a file changed.

use std::{
    ffi::OsStr,
    ops::{BitOr, BitOrAssign},
    path::Path,
};

/// The folders that are watched, relative to the workspace.
pub const WATCHED: [&str; 5] = ["app", "frontend", "migration", "server", "style"];

/// The files that are watched beside them.
pub const MANIFESTS: [&str; 2] = ["Cargo.toml", "Cargo.lock"];

/// The modules of `app` that are compiled for the server alone.
const SERVER_ONLY: [&str; 4] = ["app", "components", "pages", "ports"];

/// The parts of the product that are out of date.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outdated {
    /// The stylesheet and the files that are served as they are.
    pub files: bool,
    /// The WASM that runs in the browser.
    pub wasm: bool,
    /// The server's program.
    pub server: bool,
}

impl Outdated {
    const NOTHING: Self = Self {
        files: false,
        wasm: false,
        server: false,
    };
    const FILES: Self = Self {
        files: true,
        ..Self::NOTHING
    };
    const WASM: Self = Self {
        wasm: true,
        ..Self::NOTHING
    };
    const SERVER: Self = Self {
        server: true,
        ..Self::NOTHING
    };
    const CODE: Self = Self {
        wasm: true,
        server: true,
        ..Self::NOTHING
    };

    /// Whether something has to be compiled.
    pub fn code(self) -> bool {
        self.wasm || self.server
    }

    pub fn anything(self) -> bool {
        self.files || self.code()
    }
}

impl BitOr for Outdated {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self {
            files: self.files || other.files,
            wasm: self.wasm || other.wasm,
            server: self.server || other.server,
        }
    }
}

impl BitOrAssign for Outdated {
    fn bitor_assign(&mut self, other: Self) {
        *self = *self | other;
    }
}

/// What is out of date once this file, relative to the workspace, has changed. A file in a place
/// that is not known here counts as code for both sides: slow, but never wrong.
pub fn outdated_by(path: &Path) -> Outdated {
    let parts: Vec<&str> = path.iter().filter_map(OsStr::to_str).collect();
    if parts.last().is_none_or(|name| is_editors_file(name)) {
        return Outdated::NOTHING;
    }
    match &*parts {
        ["frontend", "public" | "scripts", ..] | ["style", ..] => Outdated::FILES,
        ["server", "tests", ..] => Outdated::NOTHING,
        ["server" | "migration", ..] => code(path, Outdated::SERVER),
        ["frontend", ..] => code(path, Outdated::WASM),
        ["app", "src", module, ..] if SERVER_ONLY.contains(&module_name(module)) => {
            code(path, Outdated::SERVER)
        }
        _ => code(path, Outdated::CODE),
    }
}

/// Documents in a crate's folder are not compiled; those among its sources may be included.
fn code(path: &Path, parts: Outdated) -> Outdated {
    let among_sources = path.iter().any(|folder| folder == "src");
    let manifest = path.extension() == Some(OsStr::new("toml")) || path.ends_with("Cargo.lock");
    match among_sources || manifest {
        true => parts,
        false => Outdated::NOTHING,
    }
}

/// `app` for both `app.rs` and `app/`.
fn module_name(file: &str) -> &str {
    file.strip_suffix(".rs").unwrap_or(file)
}

/// Swap files, backups and lock files, and the name with which Vim tries whether it may write.
fn is_editors_file(name: &str) -> bool {
    name.starts_with(['.', '#']) || name.ends_with(['~', '#']) || name == "4913"
}

#[cfg(test)]
mod tests {
    use std::fs;

    use syn::Item;

    use super::*;

    #[test]
    fn each_file_outdates_what_is_built_from_it() {
        let table = [
            ("style/main.css", Outdated::FILES),
            ("style/components/button.css", Outdated::FILES),
            ("frontend/public/favicon.svg", Outdated::FILES),
            ("frontend/scripts/states.js", Outdated::FILES),
            ("frontend/src/lib.rs", Outdated::WASM),
            ("frontend/Cargo.toml", Outdated::WASM),
            ("app/src/islands/admin/table.rs", Outdated::CODE),
            ("app/src/server_fns/mod.rs", Outdated::CODE),
            ("app/src/types/money.rs", Outdated::CODE),
            ("app/src/lib.rs", Outdated::CODE),
            ("app/Cargo.toml", Outdated::CODE),
            ("app/domain/src/credit/amount.rs", Outdated::CODE),
            ("Cargo.toml", Outdated::CODE),
            ("Cargo.lock", Outdated::CODE),
            ("app/src/app.rs", Outdated::SERVER),
            ("app/src/app/copy.js", Outdated::SERVER),
            ("app/src/pages/home.rs", Outdated::SERVER),
            ("app/src/components/empty.rs", Outdated::SERVER),
            ("server/store/src/referrals.rs", Outdated::SERVER),
            ("server/web/src/api/about.md", Outdated::SERVER),
            ("server/src/main.rs", Outdated::SERVER),
            ("server/web/Cargo.toml", Outdated::SERVER),
            ("migration/src/lib.rs", Outdated::SERVER),
            ("migration/README.md", Outdated::NOTHING),
            ("server/tests/it/main.rs", Outdated::NOTHING),
            ("app/src/pages/.home.rs.swp", Outdated::NOTHING),
            ("app/src/pages/home.rs~", Outdated::NOTHING),
            ("style/4913", Outdated::NOTHING),
        ];
        for (path, expected) in table {
            assert_eq!(outdated_by(Path::new(path)), expected, "{path}");
        }
    }

    #[test]
    fn server_only_modules_are_those_that_app_compiles_for_the_server_alone() {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
        let source = fs::read_to_string(manifest.join("../app/src/lib.rs")).unwrap();
        let modules = syn::parse_file(&source).unwrap().items;
        let mut names: Vec<String> = modules
            .iter()
            .filter_map(|item| match item {
                Item::Mod(module) if needs_ssr(&module.attrs) => Some(module.ident.to_string()),
                _ => None,
            })
            .collect();
        names.sort();
        assert_eq!(names, SERVER_ONLY);
    }

    fn needs_ssr(attributes: &[syn::Attribute]) -> bool {
        attributes.iter().any(|attribute| {
            let condition = attribute.parse_args::<syn::MetaNameValue>();
            attribute.path().is_ident("cfg")
                && condition.is_ok_and(|condition| is_feature(&condition, "ssr"))
        })
    }

    fn is_feature(condition: &syn::MetaNameValue, name: &str) -> bool {
        let value = match &condition.value {
            syn::Expr::Lit(syn::ExprLit {
                lit: syn::Lit::Str(value),
                ..
            }) => value.value(),
            _ => return false,
        };
        condition.path.is_ident("feature") && value == name
    }

    #[test]
    fn parts_add_up() {
        let mut outdated = Outdated::WASM | Outdated::SERVER;
        assert_eq!(outdated, Outdated::CODE);
        outdated |= Outdated::FILES;
        assert!(outdated.files && outdated.code());
        assert!(!Outdated::NOTHING.anything() && !Outdated::FILES.code());
    }
}
