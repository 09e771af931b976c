//! Voids a referral: it ends, and what it earned is taken back (`docs/rules.md` 141).

use anyhow::Context;
use domain::{
    credit::{ReversalCause, Signs, TakeBack, take_back},
    referral::{FailureReason, NotVoided, Voiding, may_void},
};
use sea_orm::DatabaseTransaction;
use store::{
    Id, Scope,
    audit_log::{self, Change, Field},
    credit_retries, credits as rows,
    entities::{credit, user},
    referral_outcomes as outcomes,
    referral_table::Listed,
};

use crate::{
    Engine,
    credits::{self, adjust},
    queue::Job,
    reviews,
};

/// The referral to void, and the admin who does it.
pub struct Void<'a, Row> {
    /// The site or program of the referral.
    pub scope: Scope,
    pub referral_id: Id<Row>,
    /// The subject in the audit log: `Referral 12 of Jane Doe`.
    pub title: &'a str,
    pub actor: &'a user::Model,
    pub reason: &'a str,
    /// The credit is under review, and denied: nothing is done once it is not under review any more.
    pub denies: bool,
}

/// Voids the referral; `None` if the scope has no such one. What Stripe has to do is done by jobs.
///
/// # Errors
/// If the database fails.
pub async fn void<E: Listed>(
    engine: &Engine,
    void: &Void<'_, E::Row>,
) -> anyhow::Result<Option<Result<Voiding, NotVoided>>> {
    let unsettled = match once::<E>(engine, void).await? {
        Ok(done) => return Ok(done),
        Err(unsettled) => unsettled,
    };
    // Stripe may have the credit or not: it is asked, and the referral is looked at again.
    credits::settle(engine, &unsettled).await?;
    // A credit that left a customer arrives at another.
    for row in rows::due_after(engine.db.reader(), unsettled.id).await? {
        credits::issue(engine, row.id).await?;
    }
    Ok(match once::<E>(engine, void).await? {
        Ok(done) => done,
        Err(_) => Some(Err(NotVoided::Unsettled)),
    })
}

/// How one attempt ended; an error with the credit of which it is not known whether Stripe has it.
type Attempt = Result<Option<Result<Voiding, NotVoided>>, Box<credit::Model>>;

async fn once<E: Listed>(engine: &Engine, void: &Void<'_, E::Row>) -> anyhow::Result<Attempt> {
    let (scope, id) = (void.scope, void.referral_id);
    let tx = engine.db.begin().await?;
    let Some((referral, credit)) = credit_retries::lock::<E>(&tx, scope, id).await? else {
        return Ok(Ok(None));
    };
    let reviewed = credit.as_ref().filter(|credit| credit.is_under_review());
    let seen = reviewed.and_then(|credit| credit.review_signs.as_deref().map(Signs::sentences));
    if void.denies && reviewed.is_none() {
        return Ok(Ok(Some(Err(NotVoided::Reviewed))));
    }
    let row = E::common(&referral);
    let voiding = match may_void(row.status, row.failure_reason, row.voided_at.is_some()) {
        Ok(voiding) => voiding,
        Err(why) => return Ok(Ok(Some(Err(why)))),
    };
    let before = row.status.label();
    // What is taken back follows from the referral's row.
    if voiding == Voiding::TakesBack {
        outcomes::set_voided::<E>(&tx, id, engine.now()).await?;
    }
    let jobs = match credit {
        Some(credit) => match end_credit(engine, &tx, credit).await? {
            Ok(jobs) => jobs,
            Err(unsettled) => return Ok(Err(unsettled)),
        },
        None => Vec::new(),
    };
    if voiding == Voiding::Ends {
        let reason = FailureReason::Voided(void.reason.to_owned());
        outcomes::set_failed::<E>(&tx, id, &reason).await?;
    }
    let before = match void.denies {
        // The row that holds what was seen ends with the credit.
        true => reviews::waiting(seen.unwrap_or_default()),
        false => before.to_owned(),
    };
    log::<E>(engine, &tx, void, before).await?;
    for job in &jobs {
        engine.queue.enqueue(&tx, job).await?;
    }
    tx.commit().await?;
    engine.queue.wake_workers();
    engine.console_changed(scope);
    Ok(Ok(Some(Ok(voiding))))
}

/// Gives the referral's credit up where Stripe does not have it, or reverses it. An error if Stripe may
/// have it and has not said so.
async fn end_credit(
    engine: &Engine,
    tx: &DatabaseTransaction,
    credit: credit::Model,
) -> anyhow::Result<Result<Vec<Job>, Box<credit::Model>>> {
    let standing = rows::standing(tx, credit.clone()).await?;
    let was_sent = standing.first_sent_at.is_some();
    match take_back(*standing.kind, *standing.state, was_sent) {
        TakeBack::Unsettled => Ok(Err(Box::new(standing))),
        TakeBack::Withdraw => Ok(match rows::withdraw(tx, credit.id).await? {
            true => Ok(Vec::new()),
            false => Err(Box::new(credit)),
        }),
        TakeBack::Reverse => {
            let earned = credit.earned().context("the referral of a credit")?;
            let jobs = adjust::take_all(tx, earned, ReversalCause::Voided, engine.now()).await?;
            Ok(Ok(jobs))
        }
    }
}

async fn log<E: Listed>(
    engine: &Engine,
    tx: &DatabaseTransaction,
    void: &Void<'_, E::Row>,
    before: String,
) -> anyhow::Result<()> {
    let change = Change {
        site_id: E::SITE.map(|_| void.scope.site_id()),
        actor: Some(void.actor),
        subject: void.title,
        now: engine.now(),
    };
    let field = match void.denies {
        true => Field {
            name: audit_log::REVIEW,
            old: Some(before),
            new: Some(format!("Denied: {}", void.reason)),
        },
        false => Field {
            name: audit_log::VOIDED,
            old: Some(before),
            new: Some(void.reason.to_owned()),
        },
    };
    Ok(audit_log::write(tx, &change, [field]).await?)
}
