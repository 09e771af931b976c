//! A few tests at once, chosen by crate and name, with the features that everything else has.

mod selection;

use std::{io::IsTerminal, thread};

use anyhow::{Result, ensure};

use self::selection::{Selection, Source};
use crate::{gate::Tally, postgres::Kept, process, settings::Settings};

/// Runs the tests that the words choose: `[crate] [filter]`.
pub fn run(settings: &Settings, words: &[String], sqlite: bool) -> Result<()> {
    let selection = Selection::of(&sources(settings), words)?;
    process::stop_on_interrupt()?;
    let threads = 2 * thread::available_parallelism()?.get();
    let mut cargo = settings.cargo();
    cargo
        .args(["test", "--no-fail-fast"])
        .args(selection.cargo_args())
        // Half of the time a test waits for an answer.
        .env("RUST_TEST_THREADS", threads.to_string());
    if std::io::stdout().is_terminal() {
        cargo.env("CARGO_TERM_COLOR", "always");
    }
    match sqlite {
        true => cargo
            .env_remove("TEST_POSTGRES_URL")
            .env("SKIP_POSTGRES", "1"),
        false => cargo.env("TEST_POSTGRES_URL", Kept::of(settings)?.url()?),
    };
    let finished = process::run_and_capture(&mut cargo)?;
    let Tally { passed, failed } = Tally::of(&finished.lines);
    println!("\n{passed} passed, {failed} failed");
    ensure!(finished.ok, "see above");
    ensure!(passed > 0, "no test has such a name");
    Ok(())
}

/// The libraries, programs and tests of the workspace that may contain tests.
fn sources(settings: &Settings) -> Vec<Source> {
    let mut sources = Vec::new();
    for package in settings.packages() {
        for target in &package.targets {
            let kind = match target.kind.first().map(String::as_str) {
                Some("lib") => selection::Kind::Lib,
                Some("bin") => selection::Kind::Bin,
                Some("test") => selection::Kind::Test,
                _ => continue,
            };
            sources.push(Source {
                package: package.name.clone(),
                shared: settings.is_default(package),
                kind,
                name: target.name.clone(),
                root: target.src_path.clone(),
            });
        }
    }
    sources
}
