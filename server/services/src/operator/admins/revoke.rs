//! Takes rights from an admin, who stays a member with the same password, sessions and tokens.

use anyhow::ensure;
use domain::account::Rights;
use store::{admins, entities::user};

use super::{member_at, read_again, rights_field, who, write_down};
use crate::{Engine, operator};

/// The result of revoking rights.
pub struct Revoked {
    /// The member, with the remaining rights.
    pub member: user::Model,
    /// Sentences that say which site or program has no admin now.
    pub warnings: Vec<String>,
}

/// Takes the rights in `taken` from a member. The last admin can lose them too; then `warnings`
/// says so.
///
/// # Errors
/// If there is no such site or member, or the member has none of these rights.
pub async fn revoke(
    engine: &Engine,
    site: &str,
    email: &str,
    taken: Rights,
) -> anyhow::Result<Revoked> {
    let site = operator::find(engine, site).await?;
    let member = member_at(engine, &site, email).await?;
    let old = member.rights();
    let new = Rights {
        tenant: old.tenant && !taken.tenant,
        platform: old.platform && !taken.platform,
    };
    ensure!(new != old, "no such right to take from {}", who(&member));
    let tx = engine.db.begin().await?;
    let changed = |old: bool, new: bool| (old != new).then_some(new);
    admins::set_rights(
        &tx,
        &member,
        changed(old.tenant, new.tenant),
        changed(old.platform, new.platform),
    )
    .await?;
    write_down(&tx, engine, &member, [rights_field(old, new)]).await?;
    let mut warnings = Vec::new();
    if old.tenant && !new.tenant && admins::count_tenant(&tx, site.id()).await? == 0 {
        warnings.push(format!("the site {} has no admin now", site.row.key));
    }
    if old.platform && !new.platform && admins::count_platform(&tx).await? == 0 {
        warnings.push("the platform program has no admin now".to_owned());
    }
    tx.commit().await?;
    Ok(Revoked {
        member: read_again(engine, &member).await?,
        warnings,
    })
}
