//! Schemathesis asks the mobile API what its OpenAPI document promises.

use std::{collections::BTreeSet, fs, path::Path, process::Command};

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Gate,
    demo::{SITE, with_demo},
    pypi,
    tally::Tally,
};
use crate::run::{Demo, Login};

/// Starts a demo and asks it.
pub fn properties(gate: &mut Gate) -> Result<Tally> {
    let built = gate.built()?;
    let folder = gate.settings.root.join("end2end/schemathesis");
    let home = gate.settings.target.join("schemathesis");
    pypi::install(&folder.join("requirements.txt"), &home, &|command| {
        gate.check(command).map(drop)
    })?;
    // Each call comes from an address of its own, or the limits would refuse most of them.
    let env = [("TRUSTED_PROXIES", "127.0.0.1")];
    with_demo(gate, &built, "api", &env, |demo, data| {
        ask(gate, demo, &folder, &home, data)
    })
}

fn ask(gate: &Gate, demo: &Demo, folder: &Path, home: &Path, data: &Path) -> Result<Tally> {
    let logins = data.join("logins.json");
    fs::write(&logins, tokens(demo)?.to_string())?;
    let report = data.join("report.json");
    let mut schemathesis = Command::new(home.join("bin/schemathesis"));
    schemathesis
        .arg("run")
        .arg(format!("{}/api/v1/openapi.json", demo.url(SITE)?))
        .args(["--report=json", "--no-color", "--report-json-path"])
        .arg(&report)
        .current_dir(folder)
        .env("PEWPROS_LOGINS", &logins)
        .env("PYTHONDONTWRITEBYTECODE", "1");
    let succeeded = gate.capture(&mut schemathesis)?;
    let report = fs::read_to_string(report).context("Schemathesis did not end, see above")?;
    let report: Report = serde_json::from_str(&report).context("its report has another shape")?;
    println!("{}", report.summary());
    Ok(report.tally(succeeded))
}

/// A token of everybody in the demo, in the form of Web Fuzzing Commons.
fn tokens(demo: &Demo) -> Result<Value> {
    #[derive(Deserialize)]
    struct SignedIn {
        token: String,
    }
    let address = format!("{}/api/v1/auth/login", demo.url(SITE)?);
    let entry = |login: &Login| -> Result<Value> {
        let mut answer = ureq::post(&address)
            .send_json(json!({ "email": login.email, "password": login.password }))
            .with_context(|| format!("{} cannot sign in", login.email))?;
        let SignedIn { token } = answer.body_mut().read_json()?;
        let header = json!({ "name": "Authorization", "value": format!("Bearer {token}") });
        Ok(json!({ "name": login.role, "fixedHeaders": [header] }))
    };
    let entries: Result<Vec<Value>> = demo.logins(SITE).map(entry).collect();
    Ok(json!({ "auth": entries? }))
}

/// The report that Schemathesis writes.
#[derive(Deserialize)]
struct Report {
    running_time: f64,
    operations: Operations,
    test_cases: Cases,
    failures: Vec<Findings>,
    errors: Vec<Findings>,
}

#[derive(Deserialize)]
struct Operations {
    tested: u64,
}

#[derive(Deserialize)]
struct Cases {
    generated: u64,
}

/// Findings of one kind.
#[derive(Deserialize)]
struct Findings {
    count: u64,
    #[serde(default)]
    operations: BTreeSet<String>,
}

impl Report {
    fn found(&self) -> u64 {
        let all = self.failures.iter().chain(&self.errors);
        all.map(|findings| findings.count).sum()
    }

    fn summary(&self) -> String {
        format!(
            "{} operations, {} cases, {} findings, {:.0} s",
            self.operations.tested,
            self.test_cases.generated,
            self.found(),
            self.running_time
        )
    }

    /// Counts operations, for how many cases there were depends on the machine.
    fn tally(&self, succeeded: bool) -> Tally {
        let failed = self.failures.iter().flat_map(|kind| &kind.operations);
        let failed: BTreeSet<&String> = failed.collect();
        let passed = self.operations.tested.saturating_sub(failed.len() as u64);
        Tally {
            passed,
            // Schemathesis also fails for reasons of its own, without a finding.
            failed: self.found().max(u64::from(!succeeded)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(failures: Value) -> Report {
        let report = json!({
            "running_time": 60.1,
            "operations": { "total": 12, "tested": 12 },
            "test_cases": { "generated": 3000, "with_failures": 3 },
            "failures": failures,
            "errors": [],
        });
        serde_json::from_value(report).unwrap()
    }

    #[test]
    fn operations_are_counted() {
        let clean = report(json!([]));
        assert_eq!(
            clean.tally(true),
            Tally {
                passed: 12,
                failed: 0
            }
        );
        assert_eq!(
            clean.summary(),
            "12 operations, 3000 cases, 0 findings, 60 s"
        );
    }

    #[test]
    fn findings_are_failures() {
        let broken = report(json!([
            { "title": "Server error", "count": 2, "operations": ["GET /a", "GET /b"] },
            { "title": "Undocumented status code", "count": 1, "operations": ["GET /a"] },
        ]));
        assert_eq!(
            broken.tally(false),
            Tally {
                passed: 10,
                failed: 3
            }
        );
    }

    #[test]
    fn what_ends_badly_without_findings_failed() {
        assert_eq!(report(json!([])).tally(false).failed, 1);
    }
}
