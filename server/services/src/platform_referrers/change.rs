//! What a platform admin does to platform referrers: registers, changes, disables and enables them.

use domain::{
    account::Email,
    forms::{FieldError, Refusal},
    referral::validate_platform_referrer,
};
use sea_orm::ConnectionTrait;
use server_core::zone::Zone;
use store::{
    PlatformReferrerId, Scope, audit_log,
    entities::{audit_entry, platform_referrer::Model, referrer_link},
    mailed_links, platform_referrers, referrer_sessions,
};

use super::{SUBJECT, add, audit, field};
use crate::{
    Engine,
    rights::{ManageReferrers, PlatformStaff},
    stale_form::was_first,
};

const TAKEN: &str = "A referrer with this email address already exists.";
const GONE: &str = "There is no such referrer.";
/// How many entries of the audit log are looked at for the last change of a referrer.
const LOOKED_AT: u64 = 20;

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
/// the name. A time in a refusal is in `zone`.
pub async fn change(
    engine: &Engine,
    zone: &Zone,
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
    let Some(before) = platform_referrers::lock(&tx, id).await? else {
        return Ok(Err(Refusal::message(GONE)));
    };
    if is_stale(&before, version) {
        let then = "What you typed is kept; save again to replace it.";
        return Ok(Err(conflict(&tx, &before, zone, then).await?));
    }
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

/// Disables the referrer's code, or enables it again. A code that is already so stays unchanged. Returns the
/// name. A time in a refusal is in `zone`.
pub async fn set_disabled(
    engine: &Engine,
    zone: &Zone,
    admin: &PlatformStaff<ManageReferrers>,
    id: PlatformReferrerId,
    disabled: bool,
    version: &str,
) -> anyhow::Result<Result<String, Refusal>> {
    let tx = engine.db.begin().await?;
    let Some(before) = platform_referrers::lock(&tx, id).await? else {
        return Ok(Err(Refusal::message(GONE)));
    };
    let was = before.disabled_at.is_some();
    if was == disabled {
        return Ok(Ok(before.name));
    }
    if is_stale(&before, version) {
        let then = "Look at it, and press the button again.";
        return Ok(Err(conflict(&tx, &before, zone, then).await?));
    }
    let disabled_at = disabled.then(|| engine.now());
    platform_referrers::set_disabled(&tx, &before, disabled_at).await?;
    let fields = [field(
        "Code",
        Some(on_or_off(was)),
        Some(on_or_off(disabled)),
    )];
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

/// Whether the form was filled from another version of the referrer.
fn is_stale(referrer: &Model, version: &str) -> bool {
    version.trim() != referrer.version.to_string()
}

/// Says who changed the referrer and when, and what it is now; `then` says what can be done. The refusal keeps the
/// version that replaces the other change.
async fn conflict(
    tx: &impl ConnectionTrait,
    now: &Model,
    zone: &Zone,
    then: &str,
) -> anyhow::Result<Refusal> {
    let last = last_change(tx, now).await?;
    let first = was_first(last.as_ref(), "changed this referrer", zone);
    let code = match now.disabled_at {
        Some(_) => "disabled",
        None => "enabled",
    };
    let message = format!(
        "{first} Now saved: Name \u{201c}{}\u{201d}, Email \u{201c}{}\u{201d}; the code is {code}. {then}",
        now.name, now.email
    );
    Ok(Refusal::message(message).keep("version", &now.version.to_string()))
}

/// The entry of the audit log that made the referrer what it is now; `None` if that cannot be told, since entries
/// have names, and names are not unique.
async fn last_change(
    tx: &impl ConnectionTrait,
    now: &Model,
) -> anyhow::Result<Option<audit_entry::Model>> {
    if platform_referrers::count_named(tx, &now.name).await? > 1 {
        return Ok(None);
    }
    let entries = audit_log::of_named(tx, SUBJECT, &now.name, LOOKED_AT).await?;
    let is_now = |entry: &audit_entry::Model| {
        let value = match entry.field.as_str() {
            "Name" => now.name.as_str(),
            "Email" => now.email.as_str(),
            "Code" => on_or_off(now.disabled_at.is_some()),
            _ => return false,
        };
        entry.new_value.as_deref() == Some(value)
    };
    Ok(entries.into_iter().find(is_now))
}

/// What the audit log says of a code.
fn on_or_off(disabled: bool) -> &'static str {
    if disabled { "off" } else { "on" }
}

fn taken() -> Refusal {
    Refusal::fields(vec![FieldError::new("email", TAKEN)])
}
