//! Names, folders and ports, read from the workspace's Cargo.toml so that nothing is written twice.

use std::{
    env,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

/// `-D warnings`, as `cargo clippy` hands it to its compiler.
const DENY_WARNINGS: &str = "-D__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__";

/// What `cargo metadata` knows about this workspace.
#[derive(Deserialize)]
pub struct Settings {
    #[serde(rename = "workspace_root")]
    pub root: PathBuf,
    /// Follows CARGO_TARGET_DIR.
    #[serde(rename = "target_directory")]
    pub target: PathBuf,
    packages: Vec<Package>,
    /// Ids of the packages that a command without `--package` selects.
    workspace_default_members: Vec<String>,
    metadata: Sections,
    /// Compile for `cargo xtask dev`: see [`Settings::for_dev`].
    #[serde(skip)]
    types_erased: bool,
    /// Compile without incremental and debug data: see [`Settings::for_everything`].
    #[serde(skip)]
    compiled_once: bool,
}

/// A crate of the workspace.
#[derive(Deserialize)]
pub struct Package {
    id: String,
    pub name: String,
    manifest_path: PathBuf,
    pub targets: Vec<Target>,
}

/// A library, program or test of a crate.
#[derive(Deserialize)]
pub struct Target {
    pub name: String,
    /// `lib`, `bin`, `test` and others.
    pub kind: Vec<String>,
    pub src_path: PathBuf,
}

#[derive(Deserialize)]
struct Sections {
    leptos: Vec<Leptos>,
}

/// One `[[workspace.metadata.leptos]]` of Cargo.toml.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Leptos {
    pub output_name: String,
    pub bin_package: String,
    pub lib_package: String,
    site_root: PathBuf,
    pub site_pkg_dir: String,
    pub site_addr: SocketAddr,
    pub style_file: PathBuf,
    pub assets_dir: PathBuf,
    pub hash_file_name: String,
    pub lib_profile_dev: String,
    pub lib_profile_release: String,
}

impl Settings {
    /// Asks cargo, which finds the workspace from any folder inside it.
    pub fn read() -> Result<Self> {
        let output = cargo()
            .args(["metadata", "--no-deps", "--format-version", "1"])
            .output()
            .context("cargo could not be started; install Rust from https://rustup.rs")?;
        ensure!(
            output.status.success(),
            "cargo cannot read this workspace:\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let settings: Self = serde_json::from_slice(&output.stdout)
            .context("Cargo.toml needs a complete [[workspace.metadata.leptos]] section")?;
        ensure!(
            !settings.metadata.leptos.is_empty(),
            "Cargo.toml has an empty [[workspace.metadata.leptos]] section"
        );
        Ok(settings)
    }

    /// The settings of the loop that compiles after each change. Leptos then erases the types of all
    /// views (its `--cfg erase_components`): otherwise one more node in a page makes most of the pages
    /// new types, which are compiled again. What is tested and released is compiled without it, so
    /// this has a folder of its own.
    pub fn for_dev(mut self) -> Self {
        self.types_erased = true;
        self.target = self.target.join("dev");
        self
    }

    /// The settings of a run of everything. Where the server was never built, it compiles without what only makes a
    /// second build quicker, and without the line numbers of backtraces: those take time, and most of the disk. (A
    /// panic tells its own line all the same.)
    pub fn for_everything(mut self) -> Self {
        let server = self.target.join("debug").join(&self.leptos().bin_package);
        self.compiled_once = !server.exists();
        self
    }

    /// The folder of each crate's sources.
    pub fn sources(&self) -> impl Iterator<Item = PathBuf> {
        let manifests = self.packages.iter().map(|package| &package.manifest_path);
        manifests
            .map(|manifest| manifest.with_file_name("src"))
            .filter(|sources| sources.is_dir())
    }

    pub fn packages(&self) -> &[Package] {
        &self.packages
    }

    /// Whether a command without `--package` selects this crate.
    pub fn is_default(&self, package: &Package) -> bool {
        self.workspace_default_members.contains(&package.id)
    }

    /// The product's entry; the workspace has one.
    pub fn leptos(&self) -> &Leptos {
        &self.metadata.leptos[0]
    }

    /// A cargo command that runs at the root whatever the current folder is.
    pub fn cargo(&self) -> Command {
        let mut cargo = cargo();
        cargo.current_dir(&self.root);
        if self.types_erased {
            let flags = env::var("RUSTFLAGS").unwrap_or_default();
            cargo
                .env("RUSTFLAGS", format!("{flags} --cfg erase_components"))
                .env("CARGO_TARGET_DIR", &self.target);
        }
        if self.compiled_once {
            cargo
                .env("CARGO_INCREMENTAL", "0")
                .env("CARGO_PROFILE_DEV_DEBUG", "none");
        }
        cargo
    }

    /// A cargo command that lints what it compiles, where everything is compiled once: `cargo clippy` compiles for
    /// itself, which takes four minutes more. Whatever shares the compiled crates must be asked for with it.
    pub fn linting_cargo(&self) -> Command {
        let mut cargo = self.cargo();
        if let Some(driver) = self.clippy_driver() {
            cargo
                .env("RUSTC_WORKSPACE_WRAPPER", driver)
                .env("CLIPPY_ARGS", DENY_WARNINGS);
        }
        cargo
    }

    /// clippy's compiler, if it is to compile too.
    pub fn clippy_driver(&self) -> Option<PathBuf> {
        let cargo = PathBuf::from(env::var_os("CARGO")?);
        let driver = cargo.with_file_name(format!("clippy-driver{}", env::consts::EXE_SUFFIX));
        (self.compiled_once && driver.is_file()).then_some(driver)
    }

    /// The folder that the server hands out. A `target/…` in Cargo.toml moves with CARGO_TARGET_DIR,
    /// otherwise two target folders would delete each other's hashed files.
    pub fn site_root(&self) -> PathBuf {
        let site = &self.leptos().site_root;
        match site.strip_prefix("target") {
            Ok(inside) => self.target.join(inside),
            Err(_) => self.root.join(site),
        }
    }

    /// A folder for what a later run can use again.
    pub fn stage(&self, name: &str) -> PathBuf {
        self.target.join("xtask").join(name)
    }

    /// What Leptos inside the server reads from its environment.
    pub fn leptos_env(&self, addr: SocketAddr, site_root: &Path) -> Vec<(&'static str, String)> {
        let leptos = self.leptos();
        vec![
            ("LEPTOS_OUTPUT_NAME", leptos.output_name.clone()),
            ("LEPTOS_SITE_ROOT", site_root.display().to_string()),
            ("LEPTOS_SITE_PKG_DIR", leptos.site_pkg_dir.clone()),
            ("LEPTOS_SITE_ADDR", addr.to_string()),
            ("LEPTOS_HASH_FILES", "true".into()),
            ("LEPTOS_HASH_FILE_NAME", leptos.hash_file_name.clone()),
        ]
    }
}

/// The cargo that started us, so that a `+toolchain` is kept.
fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}
