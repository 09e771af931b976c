//! A page that needs no data, beside a program that only sends its bytes.

use std::{fs, sync::Arc};

use anyhow::Result;

use super::Bench;
use crate::{
    database::DatabaseKind,
    http,
    load::{Connection, run_closed_loop},
    report::{Aim, Measurement},
    rounds::median,
};

const PATH: &str = "/sign-in";
const CONNECTIONS: usize = 16;

pub async fn measure(bench: &Bench) -> Result<Vec<Measurement>> {
    let database = bench.database(DatabaseKind::Sqlite, "page").await?;
    let server = bench.serve(&database).await?;
    let page = Connection::open(server.addr)
        .await?
        .send_successful(http::get(server.addr, PATH)?)
        .await?;
    let file = bench.processes.folder.join("page.html");
    fs::write(&file, page.body())?;
    let file = file.display().to_string();
    let bare = bench.processes.yardstick("page", &[&file]).await?;
    let load = async |addr, time| {
        let requests = Arc::new(move || http::get(addr, PATH).map(Some));
        run_closed_loop(addr, CONNECTIONS, time, requests).await
    };
    let (ours, theirs) = bench
        .rounds
        .alternate(
            async |time| load(server.addr, time).await,
            async |time| load(bare.addr, time).await,
        )
        .await?;
    let rate = median(&ours, |round| round.per_second());
    let bare_rate = median(&theirs, |round| round.per_second());
    let what = format!("Page without data (sign-in), {CONNECTIONS} connections");
    Ok(vec![
        Measurement::new(what, "/s", rate, Aim::ShareAtLeast(0.12)).compared_with(bare_rate),
    ])
}
