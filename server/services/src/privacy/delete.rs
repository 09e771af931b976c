//! Deletes an account, step by step. Each step can be taken again; what Stripe does not answer is left to
//! the next sweep.

use anyhow::Context;
use domain::{
    account::{may_erase, next_try},
    mail::MailKind,
};
use store::{
    MemberId, Paid, Scope, Timestamp,
    credits::holds,
    deletions::{self, Earnings},
    entities::{purchase, user},
    sites::{self, Site},
    stripe_customers, subscriptions, users,
};

use super::{erased, letter};
use crate::{
    Engine,
    mail::{self, Recipient},
    purchases::checkout,
    stripe_customers::{StepError, connection_to},
};

/// Takes the steps that are left, in this order: open Checkout sessions expire, memberships end, what is on
/// its way is awaited, the row becomes a pseudonym. A job calls this. The sweep enqueues it again for what
/// is left, after longer and longer waits.
///
/// # Errors
/// If the database fails. The sweep enqueues the job again.
pub async fn delete(engine: &Engine, id: MemberId) -> anyhow::Result<()> {
    let Some(member) = deletions::one_due(engine.db.reader(), id).await? else {
        return Ok(());
    };
    for session in deletions::open_sessions(engine.db.reader(), &member).await? {
        checkout::end(engine, &session).await?;
    }
    let memberships_ended = end_memberships(engine, &member).await?;
    let erased = member.deleted_at.is_some() || erase(engine, &member).await?;
    if erased && memberships_ended {
        deletions::set_done(engine.db.writer(), &member).await?;
    } else {
        let now = engine.now();
        let next_at = now + next_try(now - asked_at(&member)?);
        deletions::set_next(engine.db.writer(), &member, next_at).await?;
    }
    Ok(())
}

fn asked_at(member: &user::Model) -> anyhow::Result<Timestamp> {
    let asked = member.deletion_requested_at;
    asked.context("when the deletion was asked for")
}

/// Cancels the member's subscriptions at Stripe; `false` if it did not answer about one.
async fn end_memberships(engine: &Engine, member: &user::Model) -> anyhow::Result<bool> {
    let mut all = true;
    for membership in deletions::running_memberships(engine.db.reader(), member).await? {
        match cancel(engine, &membership).await {
            Ok(()) => {
                let (db, now) = (engine.db.writer(), engine.now());
                deletions::set_membership_ended(db, membership.id, now).await?;
                subscriptions::look_at_purchase(db, Paid::Tenant(membership.id), now).await?;
            }
            Err(StepError::Stripe(error)) => {
                let purchase = membership.id.get();
                tracing::info!(purchase, ?error, "a membership was not canceled yet");
                all = false;
            }
            Err(StepError::Database(error)) => return Err(error.into()),
        }
    }
    Ok(all)
}

async fn cancel(engine: &Engine, membership: &purchase::Model) -> Result<(), StepError> {
    let (Some(account), Some(subscription)) =
        (membership.stripe_account_id, &membership.subscription_id)
    else {
        return Ok(());
    };
    let connection = connection_to(engine, account).await?;
    // One that Stripe does not have, or that has ended, charges nobody.
    let canceled = connection.gateway.cancel_subscription(subscription).await?;
    let purchase = membership.id.get();
    tracing::info!(purchase, canceled, "a membership ended with its account");
    Ok(())
}

/// Makes the row a pseudonym, in one transaction with everything that goes with it; `false` if something
/// of the member's is still open.
async fn erase(engine: &Engine, member: &user::Model) -> anyhow::Result<bool> {
    let now = engine.now();
    let waited = now - asked_at(member)?;
    let tx = engine.db.begin().await?;
    let Some(member) = deletions::lock_person(&tx, member.id).await? else {
        return Ok(true);
    };
    // What was decided just before the deletion was asked for.
    holds::withdraw_of_member(&tx, member.site_id, member.id, now).await?;
    if !may_erase(deletions::is_anything_open(&tx, &member).await?, waited) {
        return Ok(false);
    }
    let site = sites::by_id(&tx, member.site_id).await?;
    let site = site.context("the site of a member, with its settings")?;
    erased::remember(engine, &tx, &member).await?;
    deletions::end_referrals(&tx, &member, Earnings::AllButIssued).await?;
    deletions::erase_traces(&tx, &member).await?;
    confirm(engine, &tx, &site, &member).await?;
    users::become_pseudonym(&tx, &member, now).await?;
    // After the sessions and credits: what is learned from Stripe locks the customer after those, too.
    stripe_customers::set_email_due(&tx, member.id).await?;
    tx.commit().await?;
    engine.queue.wake_workers();
    engine.console_changed(Scope::Site(site.id()));
    Ok(true)
}

/// Mails to the address that is about to go. The mail's row names no member, so that it does not tell
/// whose the pseudonym is.
async fn confirm(
    engine: &Engine,
    tx: &sea_orm::DatabaseTransaction,
    site: &Site,
    member: &user::Model,
) -> anyhow::Result<()> {
    let base_url = engine.base_url(tx, site.id()).await?;
    let letter = letter::deleted(site, member, &base_url);
    let to = Recipient {
        user_id: None,
        address: &member.email,
    };
    mail::write_to(engine, tx, site, to, MailKind::AccountDeleted, &letter).await
}
