//! Writes what happens to accounts into the log that admins read (`docs/rules.md` 70).

use domain::account::SecurityEvent;
use sea_orm::DbErr;
use store::{
    Write,
    entities::user,
    security_log::{self, Happened},
};

use super::Client;
use crate::Engine;

/// Records that the member asked for something without the right to it.
///
/// # Errors
/// If the database fails.
pub async fn not_allowed(
    engine: &Engine,
    member: &user::Model,
    client: Client<'_>,
) -> anyhow::Result<()> {
    let event = SecurityEvent::NotAllowed;
    Ok(write(engine, engine.db.writer(), member, event, client).await?)
}

/// Records that the member registered at `client`.
///
/// # Errors
/// If the database fails.
pub async fn registered(
    engine: &Engine,
    member: &user::Model,
    client: Client<'_>,
) -> anyhow::Result<()> {
    let event = SecurityEvent::Registered;
    Ok(write(engine, engine.db.writer(), member, event, client).await?)
}

/// Records that something happened to the member's account, by whoever sits at `client`.
///
/// # Errors
/// If the database fails.
pub async fn write(
    engine: &Engine,
    db: &impl Write,
    member: &user::Model,
    event: SecurityEvent,
    client: Client<'_>,
) -> Result<(), DbErr> {
    let happened = Happened {
        site_id: member.site_id,
        user_id: member.id,
        event,
        network: &client.network(),
        device: client.name,
    };
    security_log::write(db, happened, engine.now()).await
}
