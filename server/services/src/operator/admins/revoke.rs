//! Takes roles from an admin, who stays a member with the same password, sessions and tokens.

use anyhow::ensure;
use domain::{
    account::{PlatformRole, TenantRole},
    credit::Program,
};
use sea_orm::DbErr;
use store::{admins, entities::user};

use super::{member_at, read_again, rights_field, who, write_down};
use crate::{Engine, operator};

/// The result of revoking rights.
pub struct Revoked {
    /// The member, with the remaining role.
    pub member: user::Model,
    /// Sentences that say which site or program has no owner now.
    pub warnings: Vec<String>,
}

/// Takes the roles in the programs `taken` from a member. The last owner can lose them too; then `warnings`
/// says so.
///
/// # Errors
/// If there is no such site or member, or the member has no role in these programs.
pub async fn revoke(
    engine: &Engine,
    site: &str,
    email: &str,
    taken: &[Program],
) -> anyhow::Result<Revoked> {
    let site = operator::find(engine, site).await?;
    let member = member_at(engine, &site, email).await?;
    let old = member.rights();
    let new = taken
        .iter()
        .fold(old, |rights, program| rights.without(*program));
    ensure!(new != old, "no such role to take from {}", who(&member));
    let tx = engine.db.begin().await?;
    admins::change_rights(&tx, &member, (old, new)).await?;
    write_down(&tx, engine, &member, [rights_field(old, new)]).await?;
    let mut warnings = Vec::new();
    let nobody =
        async |program| Ok::<_, DbErr>(admins::count_owners(&tx, site.id(), program).await? == 0);
    if old.tenant == Some(TenantRole::Owner)
        && new.tenant.is_none()
        && nobody(Program::Tenant).await?
    {
        warnings.push(format!("the site {} has no owner now", site.row.key));
    }
    if old.platform == Some(PlatformRole::Owner)
        && new.platform.is_none()
        && nobody(Program::Platform).await?
    {
        warnings.push("the platform program has no owner now".to_owned());
    }
    tx.commit().await?;
    Ok(Revoked {
        member: read_again(engine, &member).await?,
        warnings,
    })
}
