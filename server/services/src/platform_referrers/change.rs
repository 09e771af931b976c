//! What a platform admin does to platform referrers: registers, changes, disables and enables them.

use domain::{
    account::Email,
    forms::{FieldError, Refusal},
    referral::validate_platform_referrer,
};
use sea_orm::ConnectionTrait;
use store::{
    PlatformReferrerId, Scope, Write,
    entities::{platform_referrer::Model, referrer_link},
    mailed_links, platform_referrers, referrer_sessions,
};

use super::{add, audit, field};
use crate::{
    Engine,
    rights::{ManageReferrers, PlatformStaff},
};

const TAKEN: &str = "A referrer with this email address already exists.";
const GONE: &str = "There is no such referrer.";
const STALE: &str = "Somebody else changed this referrer meanwhile. \
    Save again to replace their change with yours.";

/// Registers a platform referrer, or refuses with all mistakes at once. Returns the name.
pub async fn register(
    engine: &Engine,
    admin: &PlatformStaff<ManageReferrers>,
    name: &str,
    email: &str,
) -> anyhow::Result<Result<String, Refusal>> {
    let (name, email) = match check(engine.db.reader(), name, email, None).await? {
        Ok(checked) => checked,
        Err(errors) => return Ok(Err(Refusal::fields(errors))),
    };
    let added = add(engine, Some(admin), &name, &email).await?;
    Ok(added.map(|_| name).ok_or_else(taken))
}

/// Changes name and e-mail address of the referrer that the form was filled from at `version`. Returns
/// the name.
pub async fn change(
    engine: &Engine,
    admin: &PlatformStaff<ManageReferrers>,
    id: PlatformReferrerId,
    (name, email): (&str, &str),
    version: &str,
) -> anyhow::Result<Result<String, Refusal>> {
    let (name, email) = match check(engine.db.reader(), name, email, Some(id)).await? {
        Ok(checked) => checked,
        Err(errors) => return Ok(Err(Refusal::fields(errors))),
    };
    let tx = engine.db.begin().await?;
    let before = match at_version(&tx, id, version).await? {
        Ok(before) => before,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if !platform_referrers::set_name_and_email(&tx, &before, &name, &email).await? {
        return Ok(Err(taken()));
    }
    if before.email_account != email.account() {
        // Whoever reads the mail of the former address signs in no more.
        mailed_links::end_all::<referrer_link::Entity>(&tx, id).await?;
        referrer_sessions::end_all(&tx, id).await?;
    }
    let fields = [
        field("Name", Some(&before.name), Some(&name)),
        field("Email", Some(&before.email), Some(email.as_str())),
    ];
    audit(&tx, engine, Some(admin), &before.name, fields).await?;
    tx.commit().await?;
    engine.console_changed(Scope::Platform);
    Ok(Ok(name))
}

/// Disables the referrer's code, or enables it again. Returns the name.
pub async fn set_disabled(
    engine: &Engine,
    admin: &PlatformStaff<ManageReferrers>,
    id: PlatformReferrerId,
    disabled: bool,
    version: &str,
) -> anyhow::Result<Result<String, Refusal>> {
    let tx = engine.db.begin().await?;
    let before = match at_version(&tx, id, version).await? {
        Ok(before) => before,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let word = |disabled| Some(if disabled { "off" } else { "on" });
    let was = before.disabled_at.is_some();
    let disabled_at = disabled.then(|| engine.now());
    if was != disabled {
        platform_referrers::set_disabled(&tx, &before, disabled_at).await?;
    }
    let fields = [field("Code", word(was), word(disabled))];
    audit(&tx, engine, Some(admin), &before.name, fields).await?;
    tx.commit().await?;
    engine.console_changed(Scope::Platform);
    Ok(Ok(before.name))
}

/// Checks name and e-mail address, and returns all mistakes at once, among them an address that
/// another platform referrer has. `id` is the platform referrer to be changed.
async fn check(
    db: &impl ConnectionTrait,
    name: &str,
    email: &str,
    id: Option<PlatformReferrerId>,
) -> anyhow::Result<Result<(String, Email), Vec<FieldError>>> {
    let is_taken = match Email::parse(email) {
        Some(email) => platform_referrers::is_held(db, &email, id).await?,
        None => false,
    };
    let taken = || FieldError::new("email", TAKEN);
    Ok(match (validate_platform_referrer(name, email), is_taken) {
        (checked, false) => checked,
        (Ok(_), true) => Err(vec![taken()]),
        (Err(mut errors), true) => {
            errors.push(taken());
            Err(errors)
        }
    })
}

/// Locks the platform referrer. Refuses if it is gone, or was changed since `version`.
async fn at_version(
    tx: &impl Write,
    id: PlatformReferrerId,
    version: &str,
) -> anyhow::Result<Result<Model, Refusal>> {
    let Some(referrer) = platform_referrers::lock(tx, id).await? else {
        return Ok(Err(Refusal::message(GONE)));
    };
    if version.trim() != referrer.version.to_string() {
        let refusal = Refusal::message(STALE).keep("version", &referrer.version.to_string());
        return Ok(Err(refusal));
    }
    Ok(Ok(referrer))
}

fn taken() -> Refusal {
    Refusal::fields(vec![FieldError::new("email", TAKEN)])
}
