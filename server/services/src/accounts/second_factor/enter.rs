//! Checks the code that is asked for after the password.

use anyhow::Context;
use domain::account::{SecurityEvent, UsedCodes, read_code};
use store::{
    entities::{second_factor, user},
    second_factors,
    sites::Site,
};
use time::Duration;

use super::secret::{Secret, unix_seconds};
use crate::{
    Engine,
    accounts::{Client, attempts::Attempt, sign_in::enter_account},
};

/// Lets `member` in, who typed the right password on `site`, and now a code.
/// `false` if it is wrong, or was used before.
///
/// # Errors
/// If the database fails. If there were too many wrong codes: how long to wait.
pub async fn enter(
    engine: &Engine,
    site: &Site,
    member: &user::Model,
    typed: &str,
    client: Client<'_>,
) -> anyhow::Result<Result<bool, Duration>> {
    let checked = match check(engine, site, member, typed, client).await? {
        Ok(checked) => checked,
        Err(wait) => return Ok(Err(wait)),
    };
    if checked.is_right {
        enter_account(engine, site, member, checked.is_known, client).await?;
    }
    Ok(Ok(checked.is_right))
}

/// Uses a code of a member who is signed in, before something that a stolen browser or phone must not do.
/// `false` if it is wrong, or was used before.
///
/// # Errors
/// As [`enter`].
pub async fn prove(
    engine: &Engine,
    site: &Site,
    member: &user::Model,
    typed: &str,
    client: Client<'_>,
) -> anyhow::Result<Result<bool, Duration>> {
    let checked = check(engine, site, member, typed, client).await?;
    Ok(checked.map(|checked| checked.is_right))
}

/// A code that was looked at.
pub(super) struct Checked {
    pub is_right: bool,
    /// The member signed in there before.
    is_known: bool,
}

/// Uses a code of the member's, within the limit.
///
/// # Errors
/// As [`enter`].
pub(super) async fn check(
    engine: &Engine,
    site: &Site,
    member: &user::Model,
    typed: &str,
    client: Client<'_>,
) -> anyhow::Result<Result<Checked, Duration>> {
    let attempt = match Attempt::begin_code(engine, member, client).await? {
        Ok(attempt) => attempt,
        Err(wait) => return Ok(Err(wait)),
    };
    let is_right = use_code(engine, site, member, typed).await?;
    match is_right {
        true => attempt.was_right().await?,
        false => attempt.was_wrong(SecurityEvent::WrongCode).await?,
    }
    Ok(Ok(Checked {
        is_right,
        is_known: attempt.is_known,
    }))
}

/// Uses a code of the member's authenticator app, or a recovery code; each works once. `false` if it is
/// wrong or was used.
async fn use_code(
    engine: &Engine,
    site: &Site,
    member: &user::Model,
    typed: &str,
) -> anyhow::Result<bool> {
    let tx = engine.db.begin().await?;
    let factor = second_factors::lock(&tx, member.id).await?;
    let Some(factor) = factor.filter(|factor| factor.confirmed_at.is_some()) else {
        return Ok(false);
    };
    match read(engine, site, member, &factor, &read_code(typed))? {
        Some(Code::Step(step)) => second_factors::set_last_step(&tx, &factor, step).await?,
        Some(Code::Recovery(used)) => second_factors::set_used_codes(&tx, &factor, used).await?,
        None => return Ok(false),
    }
    tx.commit().await?;
    Ok(true)
}

/// A right code.
enum Code {
    /// Of the app, for this step.
    Step(i64),
    /// A recovery code: those that are used with it.
    Recovery(UsedCodes),
}

fn read(
    engine: &Engine,
    site: &Site,
    member: &user::Model,
    factor: &second_factor::Model,
    code: &str,
) -> anyhow::Result<Option<Code>> {
    let secret = Secret::open(engine, member, factor)?;
    let totp = secret.totp(&site.row.name, &member.email)?;
    if let Some(step) = totp.check(code, unix_seconds(engine.now())?) {
        let step = i64::try_from(step)?;
        return Ok((step > factor.last_step).then_some(Code::Step(step)));
    }
    let used = UsedCodes::from_bits(factor.used_codes).context("no set of recovery codes")?;
    let index = secret.recovery_index(code)?;
    Ok(index.and_then(|index| used.with(index)).map(Code::Recovery))
}
