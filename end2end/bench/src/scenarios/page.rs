//! A page that knows nothing of its visitor and lists nothing, beside its bytes alone.

use std::{fs, sync::Arc};

use anyhow::Result;

use super::Bench;
use crate::{
    http,
    load::{Connection, closed},
    report::{Aim, Line},
    rounds::median,
    store::Kind,
};

const PATH: &str = "/sign-in";
const CONNECTIONS: usize = 16;

pub async fn measure(bench: &Bench) -> Result<Vec<Line>> {
    let store = bench.store(Kind::Sqlite, "page").await?;
    let server = bench.serve(&store).await?;
    let page = Connection::open(server.addr)
        .await?
        .ask(http::get(server.addr, PATH)?)
        .await?;
    let file = bench.programs.folder.join("page.html");
    fs::write(&file, page.body())?;
    let file = file.display().to_string();
    let bare = bench.programs.yardstick("page", &[&file]).await?;
    let load = async |addr, time| {
        let calls = Arc::new(move || http::get(addr, PATH).map(Some));
        closed(addr, CONNECTIONS, time, calls).await
    };
    let (ours, theirs) = bench
        .pace
        .alternate(
            async |time| load(server.addr, time).await,
            async |time| load(bare.addr, time).await,
        )
        .await?;
    let rate = median(&ours, |round| round.per_second());
    let bare_rate = median(&theirs, |round| round.per_second());
    let what = format!("Page without data (sign-in), {CONNECTIONS} connections");
    Ok(vec![
        Line::new(what, "/s", rate, Aim::ShareAtLeast(0.12)).beside(bare_rate),
    ])
}
