//! What a browser has to load, and how long it takes on a slow machine until a button works.

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
    fill::Ids,
    people::{Member, PASSWORD},
    report::{Aim, Line},
    rounds::median,
    store::Kind,
};

/// What a phone on a slow line should load at once.
const BUDGET_KB: f64 = 250.0;

pub async fn measure(bench: &Bench) -> Result<Vec<Line>> {
    let wasm = wasm_file(&bench.site.join("pkg"))?;
    let mut lines = sizes(&wasm).await?;
    lines.extend(until_a_button_works(bench).await?);
    Ok(lines)
}

fn wasm_file(folder: &Path) -> Result<PathBuf> {
    let files = fs::read_dir(folder)?.flatten().map(|file| file.path());
    let mut wasm = files.filter(|file| file.extension().is_some_and(|ext| ext == "wasm"));
    wasm.next().context("the site has no WASM")
}

async fn sizes(wasm: &Path) -> Result<Vec<Line>> {
    let mut twin = wasm.as_os_str().to_owned();
    twin.push(".br");
    let gzip = Command::new("gzip")
        .args(["-9", "--stdout"])
        .arg(wasm)
        .output()
        .await
        .context("gzip could not be started")?;
    ensure!(gzip.status.success(), "gzip failed");
    let kilobytes = |bytes: u64| bytes as f64 / 1000.0;
    let line = |how: &str, bytes, aim| Line::new(format!("WASM, {how}"), "KB", bytes, aim);
    Ok(vec![
        line("raw", kilobytes(fs::metadata(wasm)?.len()), Aim::Told),
        line("gzip", kilobytes(gzip.stdout.len() as u64), Aim::Told),
        line(
            "brotli",
            kilobytes(fs::metadata(twin)?.len()),
            Aim::AtMost(BUDGET_KB),
        ),
    ])
}

/// Milliseconds from the beginning of the navigation, by page.
#[derive(Deserialize)]
struct Opened(HashMap<String, Vec<f64>>);

async fn until_a_button_works(bench: &Bench) -> Result<Vec<Line>> {
    let store = bench.store(Kind::Sqlite, "browser").await?;
    let server = bench.serve(&store).await?;
    let member = Member::new(server.addr, &store).await?;
    let product = format!(
        "SELECT slug FROM products WHERE id = {}",
        Ids::of(&store).await?.product
    );
    let slugs = store.texts(&product).await?;
    let product = format!("/events/{}", slugs.first().context("the product's slug")?);
    let output = Command::new("node")
        .arg(&bench.browser)
        .arg(format!("http://localhost:{}", server.addr.port()))
        .args([member.email, PASSWORD, &product])
        .arg(bench.pace.rounds.to_string())
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
    let opened: Opened = serde_json::from_slice(&output.stdout)?;
    let median = |page: &str| {
        let rounds = opened.0.get(page).with_context(|| format!("no {page}"))?;
        anyhow::Ok(median(rounds, |ms| *ms))
    };
    let what = "Dashboard in Chromium, CPU slowed 4 times: until its copy button works";
    let line = Line::new(what, "ms", median("dashboard")?, Aim::Told);
    Ok(vec![line.beside(median("one_button")?)])
}
