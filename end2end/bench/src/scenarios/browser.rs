//! The size of what a browser loads, and how long a person on a slow phone waits for it.

use std::{
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
    measurements.extend(waiting(bench).await?);
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

/// One page opened once, as `browser.mjs` prints it.
#[derive(Deserialize)]
struct Opened {
    page: String,
    connection: String,
    /// Milliseconds from the start of the navigation.
    first_paint: f64,
    /// Milliseconds from the start of the navigation until the page's button did what it says.
    works: f64,
    /// What came over the connection, compressed as it came.
    kilobytes: f64,
    /// The sum of what the page moved while it loaded, as browsers count it: 0 is nothing.
    layout_shift: f64,
}

/// A connection and what a dashboard should take on it, in milliseconds: until the first paint, and until the button
/// that copies the link works.
const CONNECTIONS: [(&str, &str, f64, f64); 2] = [
    ("slow_4g", "150 ms and 1.6 Mbit/s", 600.0, 1_100.0),
    ("very_slow", "400 ms and 50 KB/s", 1_400.0, 4_000.0),
];

/// A layout shift that is 0 in the three decimals that browsers tell.
const STILL: f64 = 0.0005;

async fn opened(bench: &Bench) -> Result<Vec<Opened>> {
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
    Ok(serde_json::from_slice(&output.stdout)?)
}

async fn waiting(bench: &Bench) -> Result<Vec<Measurement>> {
    let opened = opened(bench).await?;
    let of = |page: &str, connection: &str, figure: fn(&Opened) -> f64| {
        let rounds: Vec<f64> = opened
            .iter()
            .filter(|opened| opened.page == page && opened.connection == connection)
            .map(figure)
            .collect();
        ensure!(!rounds.is_empty(), "{page} was not opened on {connection}");
        anyhow::Ok(median(&rounds, |figure| *figure))
    };
    let works: fn(&Opened) -> f64 = |opened| opened.works;
    let line = |what: String, unit, figure, aim| Measurement::new(what, unit, figure, aim);
    let mut lines = Vec::new();
    let copy = of("dashboard", "this_machine", works)?;
    let what = "Dashboard on a phone: until its copy button works, beside a product's Buy button";
    let buy = of("product", "this_machine", works)?;
    lines.push(line(what.to_owned(), "ms", copy, Aim::Informational).compared_with(buy));
    for (connection, name, first_paint, copy) in CONNECTIONS {
        let dashboard = format!("Dashboard on a phone, {name}");
        let painted = of("dashboard", connection, |opened| opened.first_paint)?;
        let copied = of("dashboard", connection, works)?;
        let loaded = of("dashboard", connection, |opened| opened.kilobytes)?;
        let bought = of("product", connection, works)?;
        let product = format!("Product on a phone, {name}: Buy button awake");
        lines.extend([
            line(
                format!("{dashboard}: first paint"),
                "ms",
                painted,
                Aim::AtMost(first_paint),
            ),
            line(
                format!("{dashboard}: copy button works"),
                "ms",
                copied,
                Aim::AtMost(copy),
            ),
            line(
                format!("{dashboard}: all that is loaded"),
                "KB",
                loaded,
                Aim::Informational,
            ),
            line(product, "ms", bought, Aim::Informational),
        ]);
    }
    let moved = opened.iter().map(|opened| opened.layout_shift);
    let moved = moved.fold(0.0, f64::max);
    let what = "Layout shift while a page loads, the largest".to_owned();
    lines.push(line(what, "", moved, Aim::AtMost(STILL)));
    Ok(lines)
}
