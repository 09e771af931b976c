//! The gate: a list of named steps, run in order, with one line at the end that sums them up.

mod api;
mod browser;
mod circles;
mod clients;
mod demo;
mod doc_paths;
mod pypi;
mod rule_tests;
mod rules;
mod steps;
mod tally;

use std::{cell::RefCell, process::Command, process::ExitCode, time::Instant};

use anyhow::{Context, Result, anyhow, bail};

use self::steps::STEPS;
pub use self::{
    browser::{chromium, npm_install},
    tally::Tally,
};
use crate::{
    artifacts::{self, Built, Profile},
    postgres::Postgres,
    process,
    progress::seconds,
    settings::Settings,
};

const TAIL: usize = 60;

/// What steps share: what one of them built or started, and the output of the running one.
struct Gate {
    settings: Settings,
    built: Option<Result<Built, String>>,
    postgres: Option<Postgres>,
    output: RefCell<Vec<String>>,
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
    let settings = match names.is_empty() {
        true => settings.for_everything(),
        false => settings,
    };
    let mut gate = Gate {
        settings,
        built: None,
        postgres: None,
        output: RefCell::new(Vec::new()),
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
        gate.output.take();
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
            failures.push((step.name, format!("{error:#}"), gate.output.take()));
        }
        if process::interrupted() {
            bail!("interrupted");
        }
    }
    drop(gate);
    for (name, error, output) in &failures {
        println!("\n━━ {name} failed: {error}");
        output
            .iter()
            .skip(output.len().saturating_sub(TAIL))
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
    /// Runs a program that succeeds or fails as a whole.
    fn check(&self, command: &mut Command) -> Result<Tally> {
        if !self.capture(command)? {
            bail!("see the output above");
        }
        Ok(Tally {
            passed: 1,
            failed: 0,
        })
    }

    /// Runs a program that counts its tests itself.
    fn count(&self, command: &mut Command) -> Result<Tally> {
        let before = self.output.borrow().len();
        let succeeded = self.capture(command)?;
        let mut tally = Tally::of(&self.output.borrow()[before..]);
        if !succeeded && tally.failed == 0 {
            // It did not get as far as its tests.
            tally.failed = 1;
        } else if succeeded && tally.passed == 0 && tally.failed == 0 {
            bail!("no test ran");
        }
        Ok(tally)
    }

    /// Runs a program, adds what it writes to the step's output, and answers whether it succeeded.
    fn capture(&self, command: &mut Command) -> Result<bool> {
        let finished = process::run_and_capture(command)?;
        self.output.borrow_mut().extend(finished.lines);
        Ok(finished.ok)
    }

    /// The site and the binaries, built once per run of the gate.
    fn built(&mut self) -> Result<Built> {
        if self.built.is_none() {
            let runner = |command: &mut Command| self.check(command).map(drop);
            let built = artifacts::everything(&self.settings, Profile::Dev, &runner);
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
