//! Redocly and Spectral read the OpenAPI document, and clients in TypeScript and Python that are made
//! from it play Scenario 3 of the guide.

use std::{fs, io, os::unix::fs::symlink, path::PathBuf, process::Command};

use anyhow::{Context, Result};

use super::{
    Gate,
    browser::{npm_install, runner},
    demo::{SITE, with_demo},
    pypi,
    tally::Tally,
};
use crate::run::Demo;

/// The role of the login that refers a friend.
const REFERRER: &str = "member";

/// Where the step's files are.
struct Folders {
    /// The committed document.
    document: PathBuf,
    /// `end2end/clients`: the scripts, and the tools from npm.
    source: PathBuf,
    /// The tools from PyPI.
    python: PathBuf,
    /// What is made anew by each run, and never committed.
    made: PathBuf,
}

/// Each linter, each client and each script is a check.
pub fn clients(gate: &mut Gate) -> Result<Tally> {
    let (root, target) = (&gate.settings.root, &gate.settings.target);
    let folders = Folders {
        document: root.join("docs/openapi.json"),
        source: root.join("end2end/clients"),
        python: target.join("openapi-python-client"),
        made: target.join("clients"),
    };
    npm_install(&folders.source, &runner(gate))?;
    let pins = folders.source.join("requirements.txt");
    pypi::install(&pins, &folders.python, &runner(gate))?;
    match fs::remove_dir_all(&folders.made) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    let mut tally = Tally::default();
    for mut lint in [folders.redocly(), folders.spectral()] {
        tally.add(one(gate.capture(&mut lint)?));
    }
    let scripts = [folders.typescript(gate)?, folders.python(gate)?];
    tally.passed += scripts.len() as u64;
    let built = gate.built()?;
    with_demo(gate, &built, "clients", &[], |demo, _| {
        for mut script in scripts {
            tally.add(one(gate.capture(as_referrer(&mut script, demo)?)?));
        }
        Ok(tally)
    })
}

fn one(succeeded: bool) -> Tally {
    Tally {
        passed: u64::from(succeeded),
        failed: u64::from(!succeeded),
    }
}

/// Tells a script where the site is, and who refers a friend there.
fn as_referrer<'a>(script: &'a mut Command, demo: &Demo) -> Result<&'a mut Command> {
    let mut logins = demo.logins(SITE);
    let referrer = logins.find(|login| login.role == REFERRER);
    let referrer = referrer.with_context(|| format!("the demo has no {REFERRER} of {SITE}"))?;
    Ok(script
        .env("PEWPROS_SITE", demo.url(SITE)?)
        .env("PEWPROS_EMAIL", &referrer.email)
        .env("PEWPROS_PASSWORD", &referrer.password))
}

impl Folders {
    /// A tool from npm.
    fn npm_tool(&self, name: &str) -> Command {
        let mut tool = Command::new(self.source.join("node_modules/.bin").join(name));
        tool.current_dir(&self.source);
        tool
    }

    fn redocly(&self) -> Command {
        let mut lint = self.npm_tool("redocly");
        lint.args(["lint", "--config=redocly.yaml"])
            .arg(&self.document)
            .env("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true");
        lint
    }

    fn spectral(&self) -> Command {
        let mut lint = self.npm_tool("spectral");
        lint.args(["lint", "--ruleset=spectral.yaml", "--fail-severity=warn"])
            .arg(&self.document);
        lint
    }

    /// Makes the client in TypeScript and compiles the script that uses it, both in one folder: the
    /// Node.js that we ask for does not run TypeScript. Answers with the command that runs it.
    fn typescript(&self, gate: &Gate) -> Result<Command> {
        let made = self.made.join("typescript");
        fs::create_dir_all(&made)?;
        for file in ["package.json", "scenario3.ts", "tsconfig.json"] {
            fs::copy(self.source.join(file), made.join(file))
                .with_context(|| format!("cannot copy {file}"))?;
        }
        symlink(self.source.join("node_modules"), made.join("node_modules"))?;
        let mut make = self.npm_tool("openapi-typescript");
        // It would take the configuration of Redocly in `source` for its own.
        make.current_dir(&made)
            .arg(&self.document)
            .args(["--output", "api.ts"]);
        gate.check(&mut make)?;
        gate.check(self.npm_tool("tsc").arg("--project").arg(&made))?;
        let mut script = Command::new("node");
        script.arg(made.join("scenario3.js"));
        Ok(script)
    }

    /// Makes the client in Python. Answers with the command that runs the script that uses it.
    fn python(&self, gate: &Gate) -> Result<Command> {
        let made = self.made.join("python");
        fs::create_dir_all(&made)?;
        let program = |name: &str| Command::new(self.python.join("bin").join(name));
        let mut make = program("openapi-python-client");
        make.args(["generate", "--meta=none", "--fail-on-warning", "--path"])
            .arg(&self.document)
            .arg("--config")
            .arg(self.source.join("python-client.yaml"))
            .arg("--output-path")
            .arg(made.join("pewpros_client"));
        gate.check(&mut make)?;
        let mut script = program("python");
        script
            .arg(self.source.join("scenario3.py"))
            .env("PYTHONPATH", made)
            .env("PYTHONDONTWRITEBYTECODE", "1");
        Ok(script)
    }
}
