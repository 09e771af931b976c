//! How fast a release is: built, put under load beside bare programs on this machine, and written
//! to `docs/performance.md`. Never a test: the figures are the machine's as much as ours.

mod machine;
mod table;

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};

use self::{machine::Machine, table::Line};
use crate::{
    artifacts::{self, Built, Profile, STAND_IN},
    gate::{chromium, npm_install},
    postgres::Postgres,
    process,
    progress::step,
    settings::Settings,
};

const BENCH: &str = "bench";

/// Measures everything, or the scenarios named; `quick` only checks that they run. Only a whole
/// measurement is written down.
pub fn run(settings: &Settings, quick: bool, only: &[String]) -> Result<()> {
    let built = artifacts::everything(settings, Profile::Release, &process::run)?;
    let programs = step("bare programs and the stand-in", || programs(settings))?;
    let folder = settings.root.join("end2end");
    npm_install(&folder, &process::run)?;
    let chromium = chromium(&folder, &process::run)?;
    process::stop_on_interrupt()?;
    let postgres = Postgres::lasting()?;
    let machine = Machine::read(settings, &postgres, &scratch())?;
    let report = settings.stage("bench.json");
    let mut bench = command(settings, &built, &programs, &postgres, &report);
    bench.args(only);
    if let Some(chromium) = chromium {
        bench.env("CHROMIUM_PATH", chromium);
    }
    if quick {
        bench.arg("--quick");
    }
    let measured = process::run(&mut bench);
    // One that was interrupted leaves its databases behind.
    let _ = fs::remove_dir_all(scratch());
    measured?;
    let json = fs::read_to_string(&report)
        .with_context(|| format!("{} cannot be read", report.display()))?;
    let lines: Vec<Line> = serde_json::from_str(&json)?;
    let table = table::markdown(&lines);
    println!("\n{table}");
    if !quick && only.is_empty() {
        let path = settings.root.join("docs/performance.md");
        fs::write(&path, document(&machine, &table))?;
        println!("written to {}", path.display());
    }
    let broken = lines.iter().filter(|line| line.problem.is_some()).count();
    ensure!(broken == 0, "{broken} scenarios could not be measured");
    Ok(())
}

/// Where the bare programs and the stand-in lie. A release of their own: what they ask of shared
/// crates must not be built into the server.
fn programs(settings: &Settings) -> Result<PathBuf> {
    let mut cargo = settings.cargo();
    cargo.args([
        "build",
        "--release",
        "--package",
        BENCH,
        "--package",
        STAND_IN,
    ]);
    process::run(&mut cargo)?;
    Ok(settings.target.join("release"))
}

/// Beside PostgreSQL's files, so that both databases wait for the same disk.
fn scratch() -> PathBuf {
    env::temp_dir().join(format!("xtask-bench-{}", std::process::id()))
}

fn command(
    settings: &Settings,
    built: &Built,
    programs: &Path,
    postgres: &Postgres,
    report: &Path,
) -> Command {
    let mut bench = Command::new(programs.join(BENCH));
    bench
        .arg("run")
        .arg("--server")
        .arg(&built.server)
        .arg("--stand-in")
        .arg(programs.join(STAND_IN))
        .arg("--site")
        .arg(settings.site_root())
        .args(["--postgres", &postgres.url()])
        .arg("--browser")
        .arg(settings.root.join("end2end/bench/browser.mjs"))
        .arg("--folder")
        .arg(scratch())
        .arg("--report")
        .arg(report)
        .envs(settings.leptos_env(settings.leptos().site_addr, &settings.site_root()));
    bench
}

fn document(machine: &Machine, table: &str) -> String {
    format!(
        "# Performance\n\n\
         Written by `cargo xtask bench`: a release, put under load on one machine, beside bare \
         programs that do the least that the same work needs. Both sides are measured in the same \
         run, so what counts is the share; the figures themselves are this machine's.\n\n\
         {machine}\n{table}\n{}",
        include_str!("bench/how.md")
    )
}
