//! Turns the second factor of an account on and off.

use anyhow::Context;
use domain::{
    account::{SETUP_LASTS, SecurityEvent, read_code},
    mail::MailKind,
};
use qrcode::{QrCode, render::svg};
use sea_orm::DatabaseTransaction;
use store::{entities::user, second_factors, sites::Site};
use time::Duration;

use super::{
    enter::check,
    letters::changed,
    secret::{Secret, unix_seconds},
};
use crate::{
    Engine,
    accounts::{Client, security_log},
    mail,
};

/// What a member needs to set up an authenticator app.
pub struct Setup {
    /// `JBSW Y3DP …`, to be typed where nothing can be scanned.
    pub secret: String,
    /// A QR code with the same, as an SVG element.
    pub qr_code: String,
    pub recovery_codes: Vec<String>,
}

/// Begins to set up a second factor for `member`, who has none and typed the right password.
///
/// # Errors
/// If the database fails.
pub async fn begin(engine: &Engine, member: &user::Model) -> anyhow::Result<()> {
    let sealed = Secret::new(&engine.random).seal(engine, member)?;
    let tx = engine.db.begin().await?;
    second_factors::begin(&tx, member.id, sealed, engine.now()).await?;
    Ok(tx.commit().await?)
}

/// What the member needs to set up the factor that was begun; `None` if none was, or too long ago, or
/// it is on.
///
/// # Errors
/// If the database fails.
pub async fn setup(
    engine: &Engine,
    site: &Site,
    member: &user::Model,
) -> anyhow::Result<Option<Setup>> {
    let factor = second_factors::of(engine.db.reader(), member.id).await?;
    let since = engine.now() - SETUP_LASTS;
    let begun = factor.filter(|one| one.confirmed_at.is_none() && one.begun_at > since);
    let Some(factor) = begun else {
        return Ok(None);
    };
    let secret = Secret::open(engine, member, &factor)?;
    let totp = secret.totp(&site.row.name, &member.email)?;
    Ok(Some(Setup {
        secret: grouped(&totp.secret().to_base32()),
        qr_code: qr_code(&totp.to_url()?)?,
        recovery_codes: secret.recovery_codes()?,
    }))
}

fn grouped(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let groups: Vec<String> = letters
        .chunks(4)
        .map(|group| group.iter().collect())
        .collect();
    groups.join(" ")
}

fn qr_code(text: &str) -> anyhow::Result<String> {
    let image = QrCode::new(text)?
        .render::<svg::Color>()
        .min_dimensions(200, 200)
        .build();
    // Inside a page there is no XML declaration.
    let start = image.find("<svg").context("no SVG element")?;
    Ok(image[start..].to_owned())
}

/// Turns the factor on, if `typed` is a code that the app shows now. `false` if it is not, or none was
/// begun.
///
/// # Errors
/// If the database fails.
pub async fn confirm(
    engine: &Engine,
    site: &Site,
    member: &user::Model,
    typed: &str,
    client: Client<'_>,
) -> anyhow::Result<bool> {
    let (tx, now) = (engine.db.begin().await?, engine.now());
    let factor = second_factors::lock(&tx, member.id).await?;
    let begun = factor.filter(|one| one.confirmed_at.is_none() && one.begun_at > now - SETUP_LASTS);
    let Some(factor) = begun else {
        return Ok(false);
    };
    let totp = Secret::open(engine, member, &factor)?.totp(&site.row.name, &member.email)?;
    let Some(step) = totp.check(&read_code(typed), unix_seconds(now)?) else {
        return Ok(false);
    };
    second_factors::confirm(&tx, &factor, i64::try_from(step)?, now).await?;
    let event = SecurityEvent::SecondFactorOn;
    security_log::write(engine, &tx, member, event, client).await?;
    tell(engine, &tx, site, member, true).await?;
    tx.commit().await?;
    engine.queue.wake_workers();
    Ok(true)
}

/// Turns the factor off for `member`, who typed the right password, with a code of it. `false` if the
/// code is wrong, or was used before.
///
/// # Errors
/// If the database fails. If there were too many wrong codes: how long to wait.
pub async fn remove(
    engine: &Engine,
    site: &Site,
    member: &user::Model,
    typed: &str,
    client: Client<'_>,
) -> anyhow::Result<Result<bool, Duration>> {
    match check(engine, site, member, typed, client).await? {
        Ok(attempt) if attempt.is_right => {}
        other => return Ok(other.map(|_| false)),
    }
    let tx = engine.db.begin().await?;
    if !second_factors::remove(&tx, member.id).await? {
        return Ok(Ok(true));
    }
    let event = SecurityEvent::SecondFactorOff;
    security_log::write(engine, &tx, member, event, client).await?;
    tell(engine, &tx, site, member, false).await?;
    tx.commit().await?;
    engine.queue.wake_workers();
    Ok(Ok(true))
}

async fn tell(
    engine: &Engine,
    tx: &DatabaseTransaction,
    site: &Site,
    member: &user::Model,
    on: bool,
) -> anyhow::Result<()> {
    let base_url = engine.base_url(tx, site.id()).await?;
    let letter = changed(site, member, on, &base_url);
    mail::write(
        engine,
        tx,
        site,
        member,
        MailKind::SecondFactorChanged,
        &letter,
    )
    .await
}
