//! `site host add`, `site host remove` and `site host canonical`.

use anyhow::{Context, anyhow, bail, ensure};
use domain::site_profile::read_host_name;
use sea_orm::DatabaseTransaction;
use store::{entities::site, site_hosts, sites};

use super::{super::find, write_down};
use crate::Engine;

const HOST: &str = "Host";
const CANONICAL: &str = "Canonical host";

/// Adds a host to a site; with `canonical` links name it from now on, and the others lead to it. Returns
/// what was done.
///
/// # Errors
/// If there is no such site, the host is not well formed, or a site has it.
pub async fn add_host(
    engine: &Engine,
    site_key: &str,
    typed: &str,
    canonical: bool,
) -> anyhow::Result<String> {
    let host = read(typed)?;
    let (tx, site, before) = locked(engine, site_key).await?;
    if let Some(owner) = site_hosts::site_of(&tx, &host).await? {
        let owner = sites::by_id(&tx, owner)
            .await?
            .context("a host without a site")?;
        bail!("--host: {} answers at {host} already", owner.row.key);
    }
    site_hosts::insert(&tx, site.id, &host).await?;
    write_down(&tx, engine, site.id, [(HOST, None, Some(host.clone()))]).await?;
    // A site of the version before may have no canonical host.
    if canonical || before.is_none() {
        choose(engine, &tx, &site, before.clone(), &host).await?;
    }
    tx.commit().await?;
    Ok(match before {
        Some(before) if canonical => format!("Added {host}. {before} leads to it."),
        Some(before) => format!("Added {host}. It leads to {before}."),
        None => format!("Added {host}."),
    })
}

/// Makes a host of the site the canonical one. Returns what was done.
///
/// # Errors
/// If there is no such site, or the site has no such host.
pub async fn set_canonical(engine: &Engine, site_key: &str, typed: &str) -> anyhow::Result<String> {
    let host = read(typed)?;
    let (tx, site, before) = locked(engine, site_key).await?;
    ensure!(
        site_hosts::site_of(&tx, &host).await? == Some(site.id),
        "--host: {site_key} has no host {host}. `site host add` adds one"
    );
    if before.as_deref() == Some(&host) {
        return Ok(format!("{host} was canonical already."));
    }
    choose(engine, &tx, &site, before, &host).await?;
    tx.commit().await?;
    Ok(format!(
        "Links name {host} from now on, and the other hosts lead to it."
    ))
}

/// Removes a host that is not the canonical one. Returns what was done.
///
/// # Errors
/// If there is no such site or host, or the host is the canonical or the last one.
pub async fn remove_host(engine: &Engine, site_key: &str, typed: &str) -> anyhow::Result<String> {
    let host = read(typed)?;
    let (tx, site, canonical) = locked(engine, site_key).await?;
    let hosts = site_hosts::of(&tx, site.id).await?;
    ensure!(
        hosts.iter().any(|one| one.host == host),
        "--host: {site_key} has no host {host}; it has {}",
        hosts
            .iter()
            .map(|one| &*one.host)
            .collect::<Vec<_>>()
            .join(", ")
    );
    ensure!(
        hosts.len() > 1,
        "--host: {host} is the only host of {site_key}. Add another with `site host add --canonical` first"
    );
    ensure!(
        canonical.as_deref() != Some(&host),
        "--host: {host} is the canonical host of {site_key}. Choose another with `site host canonical` first"
    );
    let removed = site_hosts::delete(&tx, site.id, &host).await?;
    ensure!(removed, "the host was locked and is gone all the same");
    write_down(&tx, engine, site.id, [(HOST, Some(host.clone()), None)]).await?;
    tx.commit().await?;
    Ok(format!("Removed {host}. No site answers there."))
}

fn read(typed: &str) -> anyhow::Result<String> {
    read_host_name(typed).map_err(|complaint| anyhow!("--host: {complaint}"))
}

/// The site, locked until the transaction ends, with its canonical host.
async fn locked(
    engine: &Engine,
    site_key: &str,
) -> anyhow::Result<(DatabaseTransaction, site::Model, Option<String>)> {
    let site = find(engine, site_key).await?;
    let tx = engine.db.begin().await?;
    let row = sites::lock(&tx, site.id())
        .await?
        .context("the site is gone")?;
    let canonical = sites::host_of(&tx, row.id).await?;
    Ok((tx, row, canonical))
}

async fn choose(
    engine: &Engine,
    tx: &DatabaseTransaction,
    site: &site::Model,
    before: Option<String>,
    host: &str,
) -> anyhow::Result<()> {
    site_hosts::set_canonical(tx, site.id, host).await?;
    let field = (CANONICAL, before, Some(host.to_owned()));
    write_down(tx, engine, site.id, [field]).await
}
