//! Replaces a password that is lost, or that a stranger knows.

use store::{admins, entities::user};

use super::{
    member_at, new_password, password_fields, read_again, remove_second_factor, write_down,
};
use crate::{Engine, operator};

/// Replaces the password of an admin or member, removes their second factor, and ends all their browser
/// sessions and API tokens.
///
/// # Errors
/// If there is no such site or member, or the password is refused.
pub async fn reset(
    engine: &Engine,
    site: &str,
    email: &str,
    password: &str,
) -> anyhow::Result<user::Model> {
    let site = operator::find(engine, site).await?;
    let member = member_at(engine, &site, email).await?;
    let password_hash = new_password(engine, &site, &member, password).await?;
    let tx = engine.db.begin().await?;
    admins::set_password(&tx, &member, password_hash).await?;
    write_down(&tx, engine, &member, password_fields()).await?;
    remove_second_factor(&tx, engine, &member).await?;
    tx.commit().await?;
    read_again(engine, &member).await
}
