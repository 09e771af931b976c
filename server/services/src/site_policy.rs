//! The terms and the privacy policy of a site (`docs/rules.md` 224).

use anyhow::Context;
use domain::{
    forms::{FieldError, Refusal},
    policy::{Policy, page_address, page_host, read_content},
};
use sea_orm::{DatabaseTransaction, DbErr};
use sha2::{Digest, Sha256};
use store::{
    SiteId,
    audit_log::{self, Change, Field},
    entities::user,
    site_hosts, site_policies, sites,
};

use crate::{Engine, stale_form::who_was_first};

const OWN_ADDRESS: &str =
    "This is an address of this site. Enter the text itself, or the address of a page elsewhere.";

/// Saves what `actor`, or the program itself, typed; nothing removes the policy. `seen` is the version that the form
/// was filled from, empty where there was no policy; `None` replaces whatever there is.
///
/// # Errors
/// If the database fails. The refusal says what is wrong with the `content`, or who saved another one meanwhile, with
/// the `version` that replaces theirs.
pub async fn save(
    engine: &Engine,
    site_id: SiteId,
    actor: Option<&user::Model>,
    policy: Policy,
    typed: &str,
    seen: Option<&str>,
) -> anyhow::Result<Result<(), Refusal>> {
    let content = match read_content(typed) {
        Ok(content) => content,
        Err(error) => return Ok(Err(Refusal::fields(vec![error]))),
    };
    let tx = engine.db.begin().await?;
    let site = sites::lock(&tx, site_id)
        .await?
        .context("the site is gone")?;
    if leads_back(&tx, site_id, content.as_deref()).await? {
        let error = FieldError::new("content", OWN_ADDRESS);
        return Ok(Err(Refusal::fields(vec![error])));
    }
    let now = site_policies::hash(&site, policy).unwrap_or_default();
    let new = content.as_deref().map(hash).unwrap_or_default();
    if new == now {
        return Ok(Ok(()));
    }
    if seen.is_some_and(|seen| seen != now) {
        let first = who_was_first(
            &tx,
            Some(site_id),
            policy.title(),
            "saved another text",
            &site.time_zone,
        )
        .await?;
        let message = format!("{first} What you typed is kept; save again to replace it.");
        return Ok(Err(Refusal::message(message).keep("version", now)));
    }
    let old = site_policies::content(&tx, site_id, policy).await?;
    let field = Field {
        name: "Text",
        old: old.as_deref().map(summary),
        new: content.as_deref().map(summary),
    };
    match content {
        Some(content) => site_policies::set(&tx, site_id, policy, content, new).await?,
        None => site_policies::remove(&tx, site_id, policy).await?,
    }
    let change = Change {
        site_id: Some(site_id),
        actor,
        subject: policy.title(),
        now: engine.now(),
    };
    audit_log::write(&tx, &change, [field]).await?;
    tx.commit().await?;
    Ok(Ok(()))
}

/// Whether it is an address of the site itself, whose page of this policy would lead to itself for ever.
async fn leads_back(
    tx: &DatabaseTransaction,
    site_id: SiteId,
    content: Option<&str>,
) -> Result<bool, DbErr> {
    let Some(host) = content.and_then(page_host) else {
        return Ok(false);
    };
    let hosts = site_hosts::of(tx, site_id).await?;
    let named = host.trim_end_matches('.');
    Ok(hosts.iter().any(|own| own.host.eq_ignore_ascii_case(named)))
}

/// What the audit log says of a content: an address whole, and of a text enough to tell it from another.
fn summary(content: &str) -> String {
    if let Some(address) = page_address(content) {
        return address.to_owned();
    }
    let hash: String = hash(content).chars().take(8).collect();
    format!("{} characters ({hash})", content.chars().count())
}

fn hash(content: &str) -> String {
    hex::encode(Sha256::digest(content))
}
