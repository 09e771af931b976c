//! The audit after a run: purchases, ledger and Stripe must agree.

mod baseline;
mod comparison;
mod counter;
mod expected_credits;
mod facts;
mod jumps;
mod ledger;
mod mail;
mod money_back;
mod overcharges;
mod reversals;
mod spending;
mod stripe;
mod subscriptions;
mod unfinished;
mod unmatched;

use crate::{database::Connection, workload::TestContext};

pub use baseline::{Baseline, take_baseline};
pub use comparison::Findings;
use facts::Facts;
pub use jumps::{Work, known_before_jump};
pub use unfinished::{is_anything_on_hold, unfinished};

/// What the audit found.
pub struct Audited {
    pub findings: Findings,
    /// How many paid memberships had to have earned nothing, because they ended in their hold.
    pub ended_in_hold: u64,
}

/// Compares everything.
///
/// # Errors
/// If the database cannot be read.
pub async fn audit(
    connection: &Connection,
    context: &TestContext,
    baseline: &Baseline,
) -> anyhow::Result<Audited> {
    let unmatched = unmatched::unmatched(connection, context).await?;
    let friends = counter::friends(connection).await?;
    let subscribed = subscriptions::at_stripe(context);
    let refunded_friends = reversals::friends(connection, &context.log, &subscribed).await?;
    let (at_counter, credits): (Vec<_>, Vec<_>) = ledger::credits(connection, baseline)
        .await?
        .into_iter()
        .partition(|credit| friends.iter().any(|friend| friend.earned(credit)));
    let (taken_back, credits): (Vec<_>, Vec<_>) = credits.into_iter().partition(|credit| {
        let mut friends = refunded_friends.iter();
        friends.any(|friend| friend.earned(credit))
    });
    let (posted_for_refunded, posted): (Vec<_>, Vec<_>) = stripe::posted_credits(context, baseline)
        .into_iter()
        .partition(|posted| {
            let entries = refunded_friends.iter().flat_map(|friend| &friend.entries);
            let mut keys = entries.map(|entry| &entry.key);
            keys.any(|key| *key == posted.ledger_key)
                || taken_back
                    .iter()
                    .any(|credit| credit.key == posted.ledger_key)
        });
    let (posted_at_counter, posted_credits): (Vec<_>, Vec<_>) =
        posted.into_iter().partition(|posted| {
            let key = &posted.ledger_key;
            counter::takes_back(key) || at_counter.iter().any(|credit| credit.key == *key)
        });
    let mut bought = context.log.friends();
    bought.retain(|friend| {
        let mut refunded = refunded_friends.iter();
        !refunded.any(|one| one.is_called(&friend.site, &friend.email))
    });
    let mut plans = context.log.subscriptions();
    plans.retain(|plan| {
        let mut refunded = refunded_friends.iter();
        !refunded.any(|one| one.paid_in(&plan.session))
    });
    let facts = Facts {
        friends: bought,
        subscriptions: plans,
        credits,
        posted_credits,
        paid_sessions: ledger::paid_sessions(connection).await?,
        unmatched: unmatched.sessions,
        sessions: stripe::sessions(context, baseline),
        balance_transactions: stripe::balance_transactions(context),
        live_since: context.live_since(),
    };
    let mut findings = comparison::compare(&facts);
    let kept = counter::kept(&context.log);
    let found = counter::compare(&friends, &kept, &at_counter, &posted_at_counter);
    findings.lost.extend(found.lost);
    findings.duplicated.extend(found.duplicated);
    findings.orphaned.extend(found.orphaned);
    let found = reversals::compare(&refunded_friends, &taken_back, &posted_for_refunded);
    findings.lost.extend(found.lost);
    findings.duplicated.extend(found.duplicated);
    findings.orphaned.extend(found.orphaned);
    findings.unreconciled = money_back::unlike_stripe(connection, context).await?;
    findings
        .unreconciled
        .extend(subscriptions::unlike_stripe(connection, &subscribed).await?);
    let debits = spending::debits(connection).await?;
    let posted = stripe::debits_and_returns(context);
    findings.wrongly_spent = spending::wrongly_spent(&debits, &posted, &facts.sessions);
    findings.wrongly_spent.extend(stripe::debts(context));
    findings.unmailed = mail::unmailed(connection, &context.mailbox, baseline).await?;
    findings.unfinished = unfinished(connection, baseline).await?.sentences();
    findings
        .unfinished
        .extend(undelivered(connection, context).await?);
    Ok(Audited {
        findings,
        ended_in_hold: reversals::ended_in_hold(&refunded_friends),
    })
}

/// The number of payments at Stripe that the product does not know yet.
///
/// # Errors
/// If the database cannot be read.
pub async fn unknown_payments(
    connection: &Connection,
    context: &TestContext,
    baseline: &Baseline,
) -> anyhow::Result<usize> {
    let mut known = ledger::paid_sessions(connection).await?;
    known.extend(unmatched::unmatched(connection, context).await?.sessions);
    let sessions = stripe::sessions(context, baseline);
    Ok(comparison::unknown_payments(&sessions, &known).len())
}

/// Events that the product has not accepted yet.
///
/// # Errors
/// If the database cannot be read.
pub async fn undelivered(
    connection: &Connection,
    context: &TestContext,
) -> anyhow::Result<Vec<String>> {
    let unmatched = unmatched::unmatched(connection, context).await?;
    Ok(stripe::undelivered(context, &unmatched.events))
}
