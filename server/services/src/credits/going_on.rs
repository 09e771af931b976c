//! Credits that failed because of the Stripe connection go on by themselves once it works.

use domain::credit::CreditState;
use std::collections::{BTreeMap, btree_map::Entry};
use store::Id;
use store::Timestamp;

use domain::{
    credit::{Connected, GoesOn, Program, can_go_on, goes_on, retry_from},
    referral::FailureReason,
    stripe_keys::StripeMode,
};
use store::{
    Scope,
    credit_retries::{self, FailedAlike},
    credits::Earned,
    entities::{credit, platform_referral, referral},
    platform_settings,
    referral_table::Listed,
    sites, stripe_accounts,
};
use time::OffsetDateTime;

use crate::{Engine, queue::Job};

/// Credits of one program, that failed for one reason, looked at in one round.
const AT_ONCE: u64 = 1_000;

/// Makes every failed credit due again whose reason is no more. `worked`: whose key was seen to work
/// just now; of others it is known by the last credit that went through.
///
/// # Errors
/// If the database fails; the sweep does it.
pub async fn go_on(state: &Engine, worked: Option<Scope>) -> anyhow::Result<()> {
    let db = state.db.reader();
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
                let key_worked_at = is_told.then(|| state.clock.now());
                new.insert(Connection {
                    connected: connected(state, scope, key_worked_at).await?,
                    tried: false,
                })
            }
        };
        go_on_alike(state, &alike, connection).await?;
    }
    Ok(())
}

/// The Stripe connection of a program, in this round.
struct Connection {
    connected: Option<Connected>,
    /// A credit goes on already to see whether the key works.
    tried: bool,
}

/// Each program and reason has a round of its own: many that cannot go on keep no other from it.
async fn go_on_alike(
    state: &Engine,
    alike: &FailedAlike,
    connection: &mut Connection,
) -> anyhow::Result<()> {
    let reason = &*alike.failure_reason;
    let (connected, now) = (connection.connected, state.clock.now());
    if !connected.is_some_and(|connected| can_go_on(reason, connected)) {
        return Ok(());
    }
    for credit in credit_retries::failed_alike(state.db.reader(), alike, AT_ONCE).await? {
        let attempts = credit.progress()?.attempts;
        let failed_at = credit
            .failed_at
            .map_or(OffsetDateTime::UNIX_EPOCH, Timestamp::moment);
        match goes_on(reason, attempts, failed_at, connected, now) {
            GoesOn::Yes => {
                make_due(state, &credit, 0).await?;
            }
            GoesOn::ToTryTheKey if !connection.tried => {
                connection.tried = make_due(state, &credit, credit.attempts).await?;
            }
            GoesOn::ToTryTheKey | GoesOn::No => {}
        }
    }
    Ok(())
}

async fn connected(
    state: &Engine,
    scope: Scope,
    key_worked_at: Option<OffsetDateTime>,
) -> anyhow::Result<Option<Connected>> {
    let db = state.db.reader();
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

/// `false` if it is not Failed any more, or was tried since.
async fn make_due(state: &Engine, credit: &credit::Model, attempts: i64) -> anyhow::Result<bool> {
    match credit.earned() {
        Some(Earned::Tenant { referral_id, .. }) => {
            let scope = Scope::Site(credit.site_id);
            one::<referral::Entity>(state, scope, credit, referral_id, attempts).await
        }
        Some(Earned::Platform { referral_id, .. }) => {
            let scope = Scope::Platform;
            one::<platform_referral::Entity>(state, scope, credit, referral_id, attempts).await
        }
        None => Ok(false),
    }
}

async fn one<E: Listed>(
    state: &Engine,
    scope: Scope,
    credit: &credit::Model,
    referral_id: Id<E::Row>,
    attempts: i64,
) -> anyhow::Result<bool> {
    let now = state.clock.now();
    let tx = state.db.begin().await?;
    let locked = credit_retries::lock::<E>(&tx, scope, referral_id).await?;
    let same =
        |now: &credit::Model| now.state == CreditState::Failed && now.failed_at == credit.failed_at;
    let Some(credit) = locked.and_then(|(_, credit)| credit).filter(same) else {
        return Ok(false);
    };
    let was_sent = credit.first_sent_at.is_some();
    let from = retry_from(now, credit.failed_at.map(Timestamp::moment), was_sent);
    credit_retries::make_due::<E>(&tx, &credit, referral_id, from.into(), attempts).await?;
    tx.commit().await?;
    tracing::info!(
        credit = credit.id.get(),
        "the Stripe connection may work again: once more"
    );
    let job = Job::IssueCredit {
        credit_id: credit.id,
        attempt: attempts,
    };
    let round = Timestamp::from(now);
    match (from - now).is_positive() {
        true => state.queue.push_after(job, from - now, round).await,
        false => state.queue.push_again(job, round).await,
    }
    Ok(true)
}
