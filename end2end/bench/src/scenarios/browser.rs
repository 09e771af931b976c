//! The size of what a browser loads, and the time on a slow machine until a button works.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    process::Stdio,
};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use tokio::process::Command;

use super::Bench;
use crate::{
    bulk_insert::Ids,
    database::DatabaseKind,
    member::{Member, PASSWORD},
    report::{Aim, Measurement},
    rounds::median,
};

/// The limits for the compressed WASM, in kilobytes, by what its file's name begins with: what a phone on a slow
/// connection should load, and what a page of the console loads instead.
const BUDGETS: [(&str, &str, f64); 2] = [
    ("members' pages", "pewpros.", 180.0),
    ("console", "pewpros-console.", 260.0),
];

pub async fn measure(bench: &Bench) -> Result<Vec<Measurement>> {
    let mut measurements = Vec::new();
    for (pages, begins, budget) in BUDGETS {
        let wasm = wasm_file(&bench.site.join("pkg"), begins)?;
        measurements.extend(sizes(&wasm, pages, budget).await?);
    }
    measurements.extend(time_until_interactive(bench).await?);
    Ok(measurements)
}

fn wasm_file(folder: &Path, begins: &str) -> Result<PathBuf> {
    let files = fs::read_dir(folder)?.flatten().map(|file| file.path());
    let mut wasm = files.filter(|file| {
        let name = file.file_name().and_then(|name| name.to_str());
        let is_named = name.is_some_and(|name| name.starts_with(begins));
        is_named && file.extension().is_some_and(|ext| ext == "wasm")
    });
    wasm.next()
        .with_context(|| format!("the site has no WASM {begins}…"))
}

async fn sizes(wasm: &Path, pages: &str, budget: f64) -> Result<Vec<Measurement>> {
    let mut brotli_file = wasm.as_os_str().to_owned();
    brotli_file.push(".br");
    let gzip = Command::new("gzip")
        .args(["-9", "--stdout"])
        .arg(wasm)
        .output()
        .await
        .context("gzip could not be started")?;
    ensure!(gzip.status.success(), "gzip failed");
    let kilobytes = |bytes: u64| bytes as f64 / 1000.0;
    let line = |how: &str, bytes, aim| {
        Measurement::new(format!("WASM of {pages}, {how}"), "KB", bytes, aim)
    };
    Ok(vec![
        line(
            "raw",
            kilobytes(fs::metadata(wasm)?.len()),
            Aim::Informational,
        ),
        line(
            "gzip",
            kilobytes(gzip.stdout.len() as u64),
            Aim::Informational,
        ),
        line(
            "brotli",
            kilobytes(fs::metadata(brotli_file)?.len()),
            Aim::AtMost(budget),
        ),
    ])
}

/// Milliseconds since the start of the navigation, by page.
#[derive(Deserialize)]
struct Timings(HashMap<String, Vec<f64>>);

async fn time_until_interactive(bench: &Bench) -> Result<Vec<Measurement>> {
    let database = bench.database(DatabaseKind::Sqlite, "browser").await?;
    let server = bench.serve(&database).await?;
    let member = Member::new(server.addr, &database).await?;
    let product = format!(
        "SELECT slug FROM products WHERE id = {}",
        Ids::of(&database).await?.product
    );
    let slugs = database.texts(&product).await?;
    let product = format!("/events/{}", slugs.first().context("the product's slug")?);
    let output = Command::new("node")
        .arg(&bench.browser)
        .arg(format!("http://localhost:{}", server.addr.port()))
        .args([member.email, PASSWORD, &product])
        .arg(bench.rounds.rounds.to_string())
        .stdout(Stdio::piped())
        .output()
        .await
        .context("node could not be started")?;
    ensure!(
        output.status.success(),
        "{} failed: {}",
        bench.browser.display(),
        String::from_utf8_lossy(&output.stderr).trim()
    );
    let opened: Timings = serde_json::from_slice(&output.stdout)?;
    let median = |page: &str| {
        let rounds = opened.0.get(page).with_context(|| format!("no {page}"))?;
        anyhow::Ok(median(rounds, |ms| *ms))
    };
    let what = "Dashboard in Chromium, CPU slowed 4 times: until its copy button works";
    let line = Measurement::new(what, "ms", median("dashboard")?, Aim::Informational);
    Ok(vec![line.compared_with(median("one_button")?)])
}
