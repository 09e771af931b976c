//! Debits of a member's balance that this database lost, as after a backup was restored: an admin
//! sees them and returns them (`docs/rules.md` 55).

use std::{collections::HashSet, time::Duration};

use anyhow::Context;
use domain::{
    credit::{CreditKey, KeyedChange, LostDebit, ReturnCause, lost_debits},
    forms::Refusal,
};
use store::{
    Timestamp,
    audit_log::{self, Change, Field},
    credits::{self, LostReturn},
    entities::user,
    stripe_customers,
};
use time::OffsetDateTime;
use tokio::time::timeout;

use super::{Connection, Holder, connection, ours};
use crate::{
    Engine, credits as credits_service,
    purchases::checkout::{LostPages, close_lost},
    queue::Job,
    rights::{ManageCredits, TenantStaff},
};

/// How long a page waits for Stripe.
const PATIENCE: Duration = Duration::from_secs(4);

const NOTHING: &str = "There is nothing to return anymore.";
const UNANSWERED: &str = "Stripe does not answer right now, so nothing was returned. Try again.";
const STILL_OPEN: &str = "Nothing was returned yet: the member can still pay the rest on Stripe's \
    page, and Stripe did not close it. Try again in a minute. The page ends by itself an hour after \
    it was opened.";
const JUST_PAID: &str = "Nothing was returned: the member was just now paying the rest on \
    Stripe's page. Look at Stripe first whether the payment succeeded.";

/// The debits at the connected account that this database does not know; empty where Stripe does not
/// answer.
///
/// # Errors
/// If the database fails.
pub async fn of_member(
    engine: &Engine,
    admin: &TenantStaff<ManageCredits>,
    member: &user::Model,
) -> anyhow::Result<Vec<LostDebit>> {
    let found = find(engine, admin, member).await?;
    Ok(found.map_or_else(Vec::new, |found| found.debits))
}

/// Returns the debit with this key to the balance, once the page that it lowered can no longer be paid.
/// The row is committed before Stripe is asked; what Stripe does not answer is done by the job. Returns
/// the amount in words.
///
/// # Errors
/// If the database fails.
pub async fn give_back(
    engine: &Engine,
    admin: &TenantStaff<ManageCredits>,
    member: &user::Model,
    key: &str,
) -> anyhow::Result<Result<String, Refusal>> {
    let Some(found) = find(engine, admin, member).await? else {
        return Ok(Err(Refusal::message(UNANSWERED)));
    };
    let mut debits = found.debits.iter();
    let Some(debit) = debits.find(|debit| debit.key.as_str() == key) else {
        return Ok(Err(Refusal::message(NOTHING)));
    };
    // Whoever pays the rest on such a page after the return has both.
    let pages = close_lost(engine, &found.connection, &admin.site, &found.customer_id).await?;
    match pages {
        LostPages::Closed => {}
        LostPages::Paid => return Ok(Err(Refusal::message(JUST_PAID))),
        LostPages::Open => return Ok(Err(Refusal::message(STILL_OPEN))),
    }
    let (tx, now) = (engine.db.begin().await?, engine.now());
    let new = LostReturn {
        site_id: admin.site.id(),
        member_id: member.id,
        stripe_account_id: found.connection.account.id,
        mode: found.connection.account.mode(),
        customer_id: &found.customer_id,
        debit: &debit.key,
        amount: debit.left,
        debited_at: at(debit.created)?,
    };
    let Some(credit_id) = credits::insert_lost_return(&tx, &new, now).await? else {
        return Ok(Err(Refusal::message(NOTHING)));
    };
    let change = Change {
        site_id: Some(admin.site.id()),
        actor: Some(&admin.user),
        subject: &format!("Member {}", member.id),
        now,
    };
    let field = Field {
        name: "Credit returned",
        old: Some(format!("{} taken on {}", debit.left, found.customer_id)),
        new: Some("On the balance again".to_owned()),
    };
    audit_log::write(&tx, &change, [field]).await?;
    let job = Job::IssueCredit {
        credit_id,
        attempt: 0,
    };
    engine.queue.enqueue(&tx, &job).await?;
    tx.commit().await?;
    engine.queue.wake_workers();
    credits_service::issue(engine, credit_id).await?;
    Ok(Ok(debit.left.to_string()))
}

/// What was found at the connected account.
struct FoundLost {
    connection: Connection,
    /// `cus_…`.
    customer_id: String,
    debits: Vec<LostDebit>,
}

/// `None` if Stripe is not connected or does not answer, or the member has no customer.
async fn find(
    engine: &Engine,
    admin: &TenantStaff<ManageCredits>,
    member: &user::Model,
) -> anyhow::Result<Option<FoundLost>> {
    let Some(connection) = connection(engine, &admin.site).await? else {
        return Ok(None);
    };
    let (db, account) = (engine.db.reader(), connection.account.id);
    let holder = Holder::Member(&admin.site, member);
    let row = stripe_customers::get(db, account, holder.id()).await?;
    let customer_id = match row.and_then(|row| row.customer_id) {
        Some(customer_id) => customer_id,
        // The row may be lost too.
        None => match timeout(PATIENCE, ours::find(&connection, &holder)).await {
            Ok(Ok(Some(customer))) => customer.id,
            Ok(Ok(None) | Err(_)) | Err(_) => return Ok(None),
        },
    };
    let asked = connection.gateway.balance_transactions(&customer_id);
    let Some(listed) = timeout(PATIENCE, asked).await.ok().and_then(Result::ok) else {
        return Ok(None);
    };
    let changes: Vec<_> = listed
        .into_iter()
        .filter_map(|one| {
            Some(KeyedChange {
                key: CreditKey::stored(one.ledger_key?),
                amount: one.amount.in_favor(),
                created: one.created,
            })
        })
        .collect();
    let keys = changes.iter().flat_map(|change| {
        let returns = ReturnCause::ALL.into_iter();
        let returns = returns.filter_map(|cause| change.key.of_return(cause));
        returns.chain([change.key.clone()])
    });
    let keys = keys.map(|key| key.as_str().to_owned());
    let known: HashSet<_> = credits::known_keys(db, keys).await?.into_iter().collect();
    let debits = lost_debits(&changes, |key| known.contains(key.as_str()));
    Ok(Some(FoundLost {
        connection,
        customer_id,
        debits,
    }))
}

fn at(seconds: i64) -> anyhow::Result<Timestamp> {
    let at = OffsetDateTime::from_unix_timestamp(seconds);
    Ok(at.context("the time of a balance transaction")?.into())
}
