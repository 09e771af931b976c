//! Retries credits that failed because of the Stripe connection, once the connection works again.

use std::collections::{BTreeMap, btree_map::Entry};

use domain::{
    credit::{Connected, CreditState, Program, Resume, can_resume, resume, retry_from},
    referral::{FailureReason, ReferralStatus},
    stripe_keys::StripeMode,
};
use sea_orm::{DatabaseTransaction, DbErr};
use store::{
    Id, Scope, Timestamp,
    audit_log::{self, Change, Field},
    checkout_sessions,
    credit_retries::{self, FailedAlike},
    credits::{self, Earned},
    entities::{credit, platform_referral, referral},
    platform_referrals, platform_settings,
    referral_table::{Common, Listed},
    referrals, sites, stripe_accounts,
};
use time::OffsetDateTime;

use crate::{Engine, queue::Job};

/// How many failed credits of one program and one reason are read in one run.
const AT_ONCE: u64 = 1_000;

/// Makes every failed credit due again whose reason no longer applies. `worked` names the program
/// whose key was just seen to work: there, what waits for a key is tried at once. For the other
/// programs, the last issued credit shows when the key worked.
///
/// # Errors
/// If the database fails. The sweep then tries again.
pub async fn resume_failed(engine: &Engine, worked: Option<Scope>) -> anyhow::Result<()> {
    if let Some(scope) = worked {
        let (db, now) = (engine.db.writer(), engine.now());
        checkout_sessions::wake(db, scope, now).await?;
        credits::wake(db, scope, now).await?;
    }
    let db = engine.db.reader();
    let reasons = [
        FailureReason::StripeNotConnected,
        FailureReason::KeyNeedsAttention,
        FailureReason::OtherMode(StripeMode::Test),
        FailureReason::OtherMode(StripeMode::Live),
    ];
    let mut programs = BTreeMap::new();
    for alike in credit_retries::failed_for(db, &reasons).await? {
        let alike = match alike {
            Ok(alike) => alike,
            Err(error) => {
                tracing::error!(%error, "failed credits that cannot be read stay failed");
                continue;
            }
        };
        let scope = match *alike.program {
            Program::Tenant => Scope::Site(alike.site_id),
            Program::Platform => Scope::Platform,
        };
        let connection = match programs.entry(scope) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let is_told = worked == Some(scope);
                let key_worked_at = is_told.then(|| engine.clock.now());
                new.insert(Connection {
                    connected: connected(engine, scope, key_worked_at).await?,
                    tried: false,
                })
            }
        };
        go_on_alike(engine, &alike, connection).await?;
    }
    Ok(())
}

/// The Stripe connection of a program during this run.
struct Connection {
    connected: Option<Connected>,
    /// One credit was already made due to test whether the key works.
    tried: bool,
}

/// The limit of `AT_ONCE` holds for each program and reason, so that many credits that must stay
/// failed do not block the others.
async fn go_on_alike(
    engine: &Engine,
    alike: &FailedAlike,
    connection: &mut Connection,
) -> anyhow::Result<()> {
    let reason = &*alike.failure_reason;
    let (connected, now) = (connection.connected, engine.clock.now());
    if !connected.is_some_and(|connected| can_resume(reason, connected)) {
        return Ok(());
    }
    for credit in credit_retries::failed_alike(engine.db.reader(), alike, AT_ONCE).await? {
        let attempts = credit.progress()?.attempts;
        let failed_at = credit
            .failed_at
            .map_or(OffsetDateTime::UNIX_EPOCH, Timestamp::moment);
        match resume(reason, attempts, failed_at, connected, now) {
            Resume::Yes => {
                make_due(engine, &credit, 0).await?;
            }
            Resume::ToTryTheKey if !connection.tried => {
                connection.tried = make_due(engine, &credit, credit.attempts).await?;
            }
            Resume::ToTryTheKey | Resume::No => {}
        }
    }
    Ok(())
}

async fn connected(
    engine: &Engine,
    scope: Scope,
    key_worked_at: Option<OffsetDateTime>,
) -> anyhow::Result<Option<Connected>> {
    let db = engine.db.reader();
    let (account, program) = match scope {
        Scope::Site(site_id) => {
            let site = sites::by_id(db, site_id).await?;
            let account = site.and_then(|site| site.row.stripe_account_id);
            (account, Program::Tenant)
        }
        Scope::Platform => {
            let settings = platform_settings::get(db).await?;
            (settings.stripe_account_id, Program::Platform)
        }
    };
    let Some(mode) = stripe_accounts::mode_of(db, account).await? else {
        return Ok(None);
    };
    let key_worked_at = match key_worked_at {
        Some(at) => Some(at),
        None => credit_retries::last_issued(db, program, scope)
            .await?
            .map(Timestamp::moment),
    };
    Ok(Some(Connected {
        mode,
        key_worked_at,
    }))
}

/// Returns `false` if the credit is no longer Failed, or was retried since it was read.
async fn make_due(engine: &Engine, credit: &credit::Model, attempts: i64) -> anyhow::Result<bool> {
    match credit.earned() {
        Some(Earned::Tenant { referral_id, .. }) => {
            let (db, site_id) = (engine.db.reader(), credit.site_id);
            let Some(name) = referrals::name_of_referred(db, site_id, referral_id).await? else {
                return Ok(false);
            };
            let scope = Scope::Site(site_id);
            one::<referral::Entity>(engine, scope, credit, (referral_id, &name), attempts).await
        }
        Some(Earned::Platform { referral_id, .. }) => {
            let db = engine.db.reader();
            let Some(name) = platform_referrals::customer_email(db, referral_id).await? else {
                return Ok(false);
            };
            let (scope, referral) = (Scope::Platform, (referral_id, name.as_str()));
            one::<platform_referral::Entity>(engine, scope, credit, referral, attempts).await
        }
        None => Ok(false),
    }
}

async fn one<E: Listed>(
    engine: &Engine,
    scope: Scope,
    credit: &credit::Model,
    (referral_id, name): (Id<E::Row>, &str),
    attempts: i64,
) -> anyhow::Result<bool> {
    let now = engine.clock.now();
    let tx = engine.db.begin().await?;
    let locked = credit_retries::lock::<E>(&tx, scope, referral_id).await?;
    let same =
        |now: &credit::Model| now.state == CreditState::Failed && now.failed_at == credit.failed_at;
    let Some((referral, Some(credit))) = locked else {
        return Ok(false);
    };
    if !same(&credit) {
        return Ok(false);
    }
    let was_sent = credit.first_sent_at.is_some();
    let from = retry_from(now, credit.failed_at.map(Timestamp::moment), was_sent);
    credit_retries::make_due::<E>(&tx, &credit, referral_id, from.into(), attempts).await?;
    let change = Change {
        site_id: E::SITE.map(|_| scope.site_id()),
        actor: None,
        subject: &audit_log::referral_subject(referral_id.get(), name),
        now: now.into(),
    };
    trace(
        &tx,
        &change,
        &E::common(&referral),
        (credit.attempts, attempts),
    )
    .await?;
    tx.commit().await?;
    engine.console_changed(scope);
    tracing::info!(
        credit = credit.id.get(),
        "the Stripe connection may work again: retrying failed credits"
    );
    let job = Job::IssueCredit {
        credit_id: credit.id,
        attempt: attempts,
    };
    let round = Timestamp::from(now);
    match (from - now).is_positive() {
        true => engine.queue.enqueue_in(job, from - now, round).await,
        false => engine.queue.requeue(job, round).await,
    }
    Ok(true)
}

/// Writes into the audit log, and so into the referral's story, that its credit goes on by itself, and
/// why it had failed. Of the tries of a key that still does not work, the first is enough.
async fn trace(
    tx: &DatabaseTransaction,
    change: &Change<'_>,
    referral: &Common<'_>,
    (attempts, attempts_left): (i64, i64),
) -> Result<(), DbErr> {
    let is_try = attempts_left != 0;
    let last = audit_log::last(tx, change.site_id, change.subject).await?;
    if is_try && last.is_some_and(|last| last.actor == audit_log::CONNECTION) {
        return Ok(());
    }
    let status = Field {
        name: "Status",
        old: Some(referral.status.label().to_owned()),
        new: Some(ReferralStatus::Pending.label().to_owned()),
    };
    let tried = Field {
        name: "Attempts",
        old: Some(attempts.to_string()),
        new: Some(attempts_left.to_string()),
    };
    let failure = Field {
        name: audit_log::FAILURE,
        old: referral.failure_reason.map(FailureReason::sentence),
        new: None,
    };
    audit_log::write_by_connection(tx, change, [status, tried, failure]).await
}
