//! Makes a member an admin, under a password that the operator sets: the person who registered the
//! address may not be its owner.

use anyhow::ensure;
use domain::account::Rights;
use store::{admins, entities::user};

use super::{
    StaffRole, asked, member_at, new_password, password_fields, read_again, remove_second_factor,
    rights_field, who, write_down,
};
use crate::{Engine, accounts::confirmed, operator};

/// A member who becomes an admin, or staff who get another role.
pub struct Promotion<'a> {
    /// The key of the site where they are registered.
    pub site: &'a str,
    pub email: &'a str,
    /// The password that they sign in with from now on.
    pub password: &'a str,
    /// They also run the platform program.
    pub platform: bool,
    /// On a tenant's site: they get no role in the tenant.
    pub platform_only: bool,
    /// Their role in what they run from now on.
    pub role: StaffRole,
}

/// Gives the rights, replaces the password, and ends every browser session and API token. A role
/// in the other program stays.
///
/// # Errors
/// If there is no such site or member, the password is refused, or the member has this role
/// already.
pub async fn promote(engine: &Engine, asked_for: &Promotion<'_>) -> anyhow::Result<user::Model> {
    let site = operator::find(engine, asked_for.site).await?;
    let asked = asked(
        &site,
        (asked_for.platform, asked_for.platform_only),
        asked_for.role,
    )?;
    let member = member_at(engine, &site, asked_for.email).await?;
    let old = member.rights();
    let new = Rights {
        tenant: asked.tenant.or(old.tenant),
        platform: asked.platform.or(old.platform),
    };
    ensure!(
        new != old,
        "--promote: nothing to add for {}; `admin reset` gives a new password",
        who(&member)
    );
    let password_hash = new_password(engine, &site, &member, asked_for.password).await?;
    let tx = engine.db.begin().await?;
    admins::change_rights(&tx, &member, (old, new)).await?;
    admins::set_password(&tx, &member, password_hash).await?;
    let waiting = confirmed::set_confirmed(engine, &tx, &site, member.id).await?;
    let fields = [rights_field(old, new)].into_iter();
    write_down(&tx, engine, &member, fields.chain(password_fields())).await?;
    remove_second_factor(&tx, engine, &member).await?;
    tx.commit().await?;
    confirmed::decide(engine, waiting).await;
    read_again(engine, &member).await
}
