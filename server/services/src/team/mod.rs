//! The staff of a tenant's site and of the platform program: who has which role, and what an owner
//! changes about it (`docs/rules.md` 84).

mod accept;
mod invite;

use domain::{
    account::{PlatformRole, Rights, Role, SecurityEvent, TenantRole, team},
    credit::Program,
};
use sea_orm::DatabaseTransaction;
use store::{
    MemberId, SiteId, Write, admins,
    audit_log::{self, Change, Field},
    entities::user,
    platform_settings,
    sites::{self, Site},
};

pub use accept::{Accepted, Offer, accept, enrol, offer};
pub use invite::{Invited, invite, withdraw};
pub use team::TeamRefusal;

use crate::{
    Engine,
    accounts::{Client, security_log},
    operator::admins::rights_field,
};

/// Who changes the team, and from where.
#[derive(Clone, Copy)]
pub struct By<'a> {
    pub site: &'a Site,
    pub actor: &'a user::Model,
    /// The roles that count for the actor on this site.
    pub rights: Rights,
    pub client: Client<'a>,
}

/// Why nothing was changed.
pub enum NotChanged {
    /// Nobody of the team has this id.
    Unknown,
    Because(TeamRefusal),
}

/// The staff of the program: of the site, or of the platform program at all sites.
///
/// # Errors
/// If the database fails.
pub async fn members(
    db: &impl sea_orm::ConnectionTrait,
    site_id: SiteId,
    program: Program,
) -> anyhow::Result<Vec<user::Model>> {
    Ok(match program {
        Program::Tenant => admins::of_tenant(db, site_id, &TenantRole::ALL).await?,
        Program::Platform => admins::of_platform(db, &PlatformRole::ALL).await?,
    })
}

/// Gives a member of the program's team another role in it, or with `None` takes theirs. Who has no
/// role any more is signed out everywhere.
///
/// # Errors
/// If the database fails.
pub async fn change_role(
    engine: &Engine,
    by: By<'_>,
    program: Program,
    (member_id, role): (MemberId, Option<Role>),
) -> anyhow::Result<Result<user::Model, NotChanged>> {
    let tx = engine.db.begin().await?;
    lock(&tx, by.site.id(), program).await?;
    let Some(member) = one_of(&tx, by.site.id(), program, member_id).await? else {
        return Ok(Err(NotChanged::Unknown));
    };
    let old = member.rights();
    let new = match role {
        Some(role) if team::program_of(role) == program => old.with(role),
        Some(_) => return Ok(Err(NotChanged::Because(TeamRefusal::NotYours))),
        None => old.without(program),
    };
    let owners = admins::count_owners(&tx, by.site.id(), program).await?;
    if let Err(why) = team::change(by.rights, program, (old, new), owners) {
        return Ok(Err(NotChanged::Because(why)));
    }
    if old != new {
        admins::change_rights(&tx, &member, (old, new)).await?;
        if !new.any() {
            admins::end_sessions(&tx, &member).await?;
        }
        note(
            &tx,
            engine,
            by,
            (&member, program),
            [rights_field(old, new)],
        )
        .await?;
        let event = SecurityEvent::RightsChanged;
        security_log::write(engine, &tx, &member, event, by.client).await?;
    }
    tx.commit().await?;
    Ok(Ok(member))
}

/// Signs somebody of the team out everywhere.
///
/// # Errors
/// If the database fails.
pub async fn end_sessions(
    engine: &Engine,
    by: By<'_>,
    program: Program,
    member_id: MemberId,
) -> anyhow::Result<Result<user::Model, NotChanged>> {
    if !by
        .rights
        .may(program, domain::account::Permission::ManageTeam)
    {
        return Ok(Err(NotChanged::Because(TeamRefusal::NotYours)));
    }
    let tx = engine.db.begin().await?;
    let Some(member) = one_of(&tx, by.site.id(), program, member_id).await? else {
        return Ok(Err(NotChanged::Unknown));
    };
    admins::end_sessions(&tx, &member).await?;
    let ended = Field {
        name: "Browser sessions and API tokens",
        old: None,
        new: Some("ended".to_owned()),
    };
    note(&tx, engine, by, (&member, program), [ended]).await?;
    let event = SecurityEvent::SignedOut;
    security_log::write(engine, &tx, &member, event, by.client).await?;
    tx.commit().await?;
    Ok(Ok(member))
}

/// Of two who take each other's role at once, the second waits and sees what the first did.
async fn lock(tx: &DatabaseTransaction, site_id: SiteId, program: Program) -> anyhow::Result<()> {
    match program {
        Program::Tenant => {
            sites::lock(tx, site_id).await?;
        }
        Program::Platform => {
            platform_settings::lock(tx).await?;
        }
    }
    Ok(())
}

async fn one_of(
    tx: &DatabaseTransaction,
    site_id: SiteId,
    program: Program,
    member_id: MemberId,
) -> anyhow::Result<Option<user::Model>> {
    let mut team = members(tx, site_id, program).await?.into_iter();
    Ok(team.find(|member| member.id == member_id))
}

async fn note(
    tx: &impl Write,
    engine: &Engine,
    by: By<'_>,
    (member, program): (&user::Model, Program),
    fields: impl IntoIterator<Item = Field<'_>>,
) -> anyhow::Result<()> {
    let name = format!("{} {}", member.first_name, member.last_name);
    note_about(tx, engine, by, (&name, program), fields).await
}

/// Writes a change of the program's team into its audit log.
async fn note_about(
    tx: &impl Write,
    engine: &Engine,
    by: By<'_>,
    (subject, program): (&str, Program),
    fields: impl IntoIterator<Item = Field<'_>>,
) -> anyhow::Result<()> {
    let change = Change {
        site_id: (program == Program::Tenant).then(|| by.site.id()),
        actor: Some(by.actor),
        subject,
        now: engine.now(),
    };
    Ok(audit_log::write(tx, &change, fields).await?)
}
