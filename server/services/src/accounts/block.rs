//! Keeps a member out, lets them in again, and signs them out everywhere (`docs/rules.md` 86).

use domain::{account::SecurityEvent, forms::Refusal};
use sea_orm::DatabaseTransaction;
use store::{
    admins,
    audit_log::{self, Change, Field},
    entities::user,
    users,
};

use super::{Client, security_log};
use crate::{
    Engine,
    rights::{ManageMembers, TenantStaff},
};

const OF_THE_STAFF: &str = "This member is of the staff. An owner changes that on the page Team.";

/// What is done to the member.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// They are signed out everywhere and cannot sign in, and their link earns nothing.
    Block,
    Unblock,
    /// They are signed out everywhere.
    SignOut,
}

/// Does it, with the reason for the audit log.
///
/// # Errors
/// If the database fails.
pub async fn set(
    engine: &Engine,
    staff: &TenantStaff<ManageMembers>,
    member: &user::Model,
    (door, reason): (Door, &str),
    client: Client<'_>,
) -> anyhow::Result<Result<(), Refusal>> {
    let tx = engine.db.begin().await?;
    // They may have become staff since the page was opened.
    let locked = admins::lock(&tx, staff.site.id(), member.id).await?;
    let Some(member) = locked.as_ref().filter(|member| !member.rights().any()) else {
        return Ok(Err(Refusal::message(OF_THE_STAFF)));
    };
    let (event, field) = match door {
        Door::Block => {
            users::set_blocked(&tx, member, Some(engine.now())).await?;
            admins::end_sessions(&tx, member).await?;
            (SecurityEvent::Blocked, field("Blocked", reason))
        }
        Door::Unblock => {
            users::set_blocked(&tx, member, None).await?;
            (SecurityEvent::Unblocked, field("Unblocked", reason))
        }
        Door::SignOut => {
            admins::end_sessions(&tx, member).await?;
            let ended = field("Browser sessions and API tokens", "ended");
            (SecurityEvent::SignedOut, ended)
        }
    };
    note(&tx, engine, staff, member, field).await?;
    security_log::write(engine, &tx, member, event, client).await?;
    tx.commit().await?;
    Ok(Ok(()))
}

fn field(name: &'static str, new: &str) -> Field<'static> {
    Field {
        name,
        old: None,
        new: Some(new.to_owned()),
    }
}

async fn note(
    tx: &DatabaseTransaction,
    engine: &Engine,
    staff: &TenantStaff<ManageMembers>,
    member: &user::Model,
    field: Field<'_>,
) -> anyhow::Result<()> {
    let change = Change {
        site_id: Some(staff.site.id()),
        actor: Some(&staff.user),
        subject: &format!("{} {}", member.first_name, member.last_name),
        now: engine.now(),
    };
    Ok(audit_log::write(tx, &change, [field]).await?)
}
