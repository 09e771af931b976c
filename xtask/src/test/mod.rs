//! The gate: a list of named steps, run in order, with one line at the end that sums them up.

mod api;
mod browser;
mod circles;
mod doc_paths;
mod postgres;
mod pypi;
mod rule_tests;
mod rules;
mod steps;
mod tally;

use std::{cell::RefCell, process::Command, process::ExitCode, time::Instant};

use anyhow::{Context, Result, anyhow, bail};

pub use self::{
    browser::{apt_install, chromium, npm_install},
    postgres::Postgres,
};
use self::{steps::STEPS, tally::Tally};
use crate::{
    build::{self, Built, Profile},
    process,
    progress::seconds,
    settings::Settings,
};

const TAIL: usize = 60;

/// What steps share: what one of them built or started, and what the running one said.
struct Gate {
    settings: Settings,
    built: Option<Result<Built, String>>,
    postgres: Option<Postgres>,
    said: RefCell<Vec<String>>,
}

/// Runs the named steps, or all; a failing one does not keep the others from running.
pub fn run(settings: Settings, names: &[String], list: bool) -> Result<ExitCode> {
    if list {
        STEPS
            .iter()
            .for_each(|step| println!("{:<13} {}", step.name, step.about));
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(unknown) = names
        .iter()
        .find(|name| STEPS.iter().all(|step| step.name != **name))
    {
        bail!("there is no step `{unknown}`; `cargo xtask test --list` shows them");
    }
    process::stop_on_interrupt()?;
    let mut gate = Gate {
        settings,
        built: None,
        postgres: None,
        said: RefCell::new(Vec::new()),
    };
    let mut sum = Tally::default();
    let mut summary = Vec::new();
    let mut failures = Vec::new();
    for step in STEPS
        .iter()
        .filter(|step| names.is_empty() || names.contains(&step.name.into()))
    {
        println!("\n━━ {} · {}", step.name, step.about);
        let start = Instant::now();
        gate.said.take();
        let (tally, problem) = match (step.run)(&mut gate) {
            Ok(tally) => (tally, (tally.failed > 0).then(|| anyhow!("tests failed"))),
            Err(error) => (
                Tally {
                    failed: 1,
                    passed: 0,
                },
                Some(error),
            ),
        };
        sum.add(tally);
        let mark = if problem.is_none() { "✓" } else { "✗" };
        summary.push(format!("{mark} {:<13} {}", step.name, seconds(start)));
        println!("{mark} {} · {}", step.name, seconds(start));
        if let Some(error) = problem {
            println!("{error:#}");
            failures.push((step.name, format!("{error:#}"), gate.said.take()));
        }
        if process::interrupted() {
            bail!("interrupted");
        }
    }
    drop(gate);
    for (name, error, said) in &failures {
        println!("\n━━ {name} failed: {error}");
        said.iter()
            .skip(said.len().saturating_sub(TAIL))
            .for_each(|line| println!("   {line}"));
    }
    println!(
        "\n{}\n\n{} passed, {} failed",
        summary.join("\n"),
        sum.passed,
        sum.failed
    );
    Ok(if sum.failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

impl Gate {
    /// Runs a program that is content or not.
    fn check(&self, command: &mut Command) -> Result<Tally> {
        let finished = self.keep(command)?;
        if !finished {
            bail!("see the output above");
        }
        Ok(Tally {
            passed: 1,
            failed: 0,
        })
    }

    /// Runs a program that counts its tests itself.
    fn count(&self, command: &mut Command) -> Result<Tally> {
        let before = self.said.borrow().len();
        let content = self.keep(command)?;
        let mut tally = Tally::of(&self.said.borrow()[before..]);
        if !content && tally.failed == 0 {
            // It did not get as far as its tests.
            tally.failed = 1;
        } else if content && tally.passed == 0 && tally.failed == 0 {
            bail!("no test ran");
        }
        Ok(tally)
    }

    fn keep(&self, command: &mut Command) -> Result<bool> {
        let finished = process::run_and_keep(command)?;
        self.said.borrow_mut().extend(finished.lines);
        Ok(finished.ok)
    }

    /// The site and the binaries, built once per run of the gate.
    fn built(&mut self) -> Result<Built> {
        if self.built.is_none() {
            let runner = |command: &mut Command| self.check(command).map(drop);
            let built = build::everything(&self.settings, Profile::Dev, &runner);
            self.built = Some(built.map_err(|error| format!("{error:#}")));
        }
        match self.built.as_ref().context("was just built")? {
            Ok(built) => Ok(built.clone()),
            Err(error) => bail!("the build failed: {error}"),
        }
    }

    /// The address of a PostgreSQL server that lives as long as the gate.
    fn postgres(&mut self) -> Result<String> {
        if self.postgres.is_none() {
            self.postgres = Some(Postgres::start()?);
        }
        Ok(self.postgres.as_ref().context("was just started")?.url())
    }
}
