//! A release as one folder that runs where it is copied to.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use anyhow::{Context, Result};

use crate::{
    artifacts::{self, Profile},
    process,
    progress::step,
    settings::Settings,
};

/// Builds for production and gathers the server, its site and the hash files that tie them.
pub fn pack(settings: &Settings) -> Result<()> {
    let built = artifacts::everything(settings, Profile::Release, &process::run)?;
    let dist = settings.target.join("dist");
    step("dist", || {
        let _ = fs::remove_dir_all(&dist);
        copy_folder(&settings.site_root(), &dist.join("site"))?;
        copy(&built.server, &dist.join(&settings.leptos().bin_package))?;
        for part in &built.parts {
            let hash_file = &part.entry.hash_file;
            copy(
                &built.server.with_file_name(hash_file),
                &dist.join(hash_file),
            )?;
        }
        let start = dist.join("start");
        fs::write(&start, start_script(settings))?;
        fs::set_permissions(&start, fs::Permissions::from_mode(0o755))?;
        Ok(())
    })?;
    println!(
        "{} is ready: set DATABASE_URL and APP_SECRET, then run ./start migrate and ./start serve",
        dist.display()
    );
    Ok(())
}

fn start_script(settings: &Settings) -> String {
    let leptos = settings.leptos();
    let exports: String = settings
        .leptos_env(leptos.site_addr, Path::new("$here/site"))
        .iter()
        .map(|(name, value)| format!("export {name}=\"${{{name}:-{value}}}\"\n"))
        .collect();
    format!(
        "#!/bin/sh\n# Runs the server beside this file; what the environment sets already wins.\n\
         here=$(cd \"$(dirname \"$0\")\" && pwd)\n{exports}exec \"$here/{}\" \"${{@:-serve}}\"\n",
        leptos.bin_package
    )
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    for file in artifacts::files(from)? {
        copy(&from.join(&file), &to.join(&file))?;
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::copy(from, to)
        .map(drop)
        .with_context(|| format!("cannot copy {}", from.display()))
}
