//! Undoes a counter sale. One transaction decides everything: the credit that paid for it goes back,
//! and what the sale had earned is taken back or given up (`docs/rules.md` 45).

use anyhow::Context;
use domain::{
    credit::{CreditState, NotUndone, ReturnCause, TakeBack, keeps_credit, may_undo, take_back},
    purchase::left_to_pay,
};
use sea_orm::DatabaseTransaction;
use store::{
    CreditId, PurchaseId, Scope, Timestamp, credits as rows,
    entities::{credit, purchase, referral, user},
    purchases, referrals,
    sites::Site,
    users,
};

use super::{described, trace};
use crate::{Engine, credits, queue::Job};

/// Why a sale was not undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotUndoable {
    /// The site has no such sale.
    Unknown,
    Because(NotUndone),
}

/// The credit that the sale earned, with its referral.
struct EarnedCredit {
    referral: referral::Model,
    credit: credit::Model,
    /// The ledger row by which the credit is where it is now.
    standing: credit::Model,
}

/// Undoes the sale for `reason`. What Stripe has to do is done before this returns, or by the jobs
/// if Stripe does not answer.
///
/// # Errors
/// If the database fails.
pub async fn undo(
    engine: &Engine,
    site: &Site,
    purchase_id: PurchaseId,
    actor: &user::Model,
    reason: &str,
) -> anyhow::Result<Result<(), NotUndoable>> {
    let unsettled = match once(engine, site, purchase_id, actor, reason).await? {
        Ok(jobs) => return finish(engine, purchase_id, jobs).await.map(Ok),
        Err(Stopped::Unsettled(unsettled)) => unsettled,
        Err(Stopped::Because(why)) => return Ok(Err(why)),
    };
    // Stripe may have the credit or not: it is asked, and the sale is looked at again.
    credits::settle(engine, &unsettled).await?;
    // A credit that left a customer arrives at another.
    for row in rows::due_after(engine.db.reader(), unsettled.id).await? {
        credits::issue(engine, row.id).await?;
    }
    match once(engine, site, purchase_id, actor, reason).await? {
        Ok(jobs) => finish(engine, purchase_id, jobs).await.map(Ok),
        Err(Stopped::Unsettled(_)) => Ok(Err(NotUndoable::Because(NotUndone::Unsettled))),
        Err(Stopped::Because(why)) => Ok(Err(why)),
    }
}

/// Why one attempt changed nothing.
enum Stopped {
    /// It is not known whether Stripe has this credit.
    Unsettled(Box<credit::Model>),
    Because(NotUndoable),
}

async fn once(
    engine: &Engine,
    site: &Site,
    purchase_id: PurchaseId,
    actor: &user::Model,
    reason: &str,
) -> anyhow::Result<Result<Vec<Job>, Stopped>> {
    let now = engine.now();
    let tx = engine.db.begin().await?;
    let sale = purchases::lock(&tx, purchase_id).await?;
    let Some(sale) = sale.filter(|sale| sale.site_id == site.id()) else {
        return Ok(Err(Stopped::Because(NotUndoable::Unknown)));
    };
    if let Err(why) = may_undo(*sale.state, sale.in_person) {
        return Ok(Err(Stopped::Because(NotUndoable::Because(why))));
    }
    let mut jobs = Vec::new();
    let earned = earned_by(&tx, &sale).await?;
    let kept = match &earned {
        Some(earned) => kept_by_another(&tx, earned, &sale).await?,
        None => false,
    };
    if let Some(earned) = earned.filter(|_| !kept) {
        let standing = &earned.standing;
        let was_sent = standing.first_sent_at.is_some();
        match take_back(*standing.kind, *standing.state, was_sent) {
            TakeBack::Unsettled => return Ok(Err(Stopped::Unsettled(Box::new(earned.standing)))),
            TakeBack::Withdraw => {
                if !withdraw(&tx, &earned).await? {
                    return Ok(Err(Stopped::Unsettled(Box::new(earned.credit))));
                }
            }
            TakeBack::Reverse => jobs.extend(reverse(&tx, &earned, &sale, now).await?),
        }
    }
    jobs.extend(credits::return_debit(&tx, sale.id, ReturnCause::Undone, now).await?);
    purchases::set_undone(&tx, sale.id, reason, now).await?;
    let member = users::by_id(&tx, sale.site_id, sale.buyer_id).await?;
    let member = member.context("the member of a sale")?;
    let (old, new) = (described(&sale), format!("Undone: {reason}"));
    trace(&tx, &sale, actor, &member, (Some(old), Some(new)), now).await?;
    for job in &jobs {
        engine.queue.enqueue(&tx, job).await?;
    }
    tx.commit().await?;
    engine.console_changed(Scope::Site(site.id()));
    Ok(Ok(jobs))
}

/// The credit that this sale earned.
async fn earned_by(
    tx: &DatabaseTransaction,
    sale: &purchase::Model,
) -> anyhow::Result<Option<EarnedCredit>> {
    let referral = referrals::lock_of_referred(tx, sale.site_id, sale.buyer_id).await?;
    let Some(referral) = referral.filter(|referral| referral.purchase_id == Some(sale.id)) else {
        return Ok(None);
    };
    let Some(credit) = rows::of_referral(tx, referral.id).await? else {
        return Ok(None);
    };
    Ok(Some(EarnedCredit {
        standing: rows::standing(tx, credit.clone()).await?,
        referral,
        credit,
    }))
}

/// Leaves the credit where it is if another purchase of the friend would have earned it: the referral
/// is then for that one.
async fn kept_by_another(
    tx: &DatabaseTransaction,
    earned: &EarnedCredit,
    sale: &purchase::Model,
) -> anyhow::Result<bool> {
    for other in purchases::others_paid(tx, sale).await? {
        // Paid in another currency, it earns nothing.
        let Some(total) = other.paid_cents else {
            continue;
        };
        // What the balance paid of a membership may not be known yet.
        if other.kind.spends_balance() && other.credit_used_cents.is_none() {
            continue;
        }
        let used = other.money(other.credit_used_cents.unwrap_or(0));
        let paid = left_to_pay(other.money(total), used).context("credit of the total at most")?;
        if keeps_credit(paid, other.mode(), earned.credit.mode()) {
            referrals::set_purchase(tx, earned.referral.id, &other).await?;
            return Ok(true);
        }
    }
    Ok(false)
}

/// Gives up a credit that Stripe does not have: the referral waits for another purchase. `false` if a
/// job has asked Stripe for it meanwhile.
async fn withdraw(tx: &DatabaseTransaction, earned: &EarnedCredit) -> anyhow::Result<bool> {
    if !rows::withdraw(tx, earned.credit.id).await? {
        return Ok(false);
    }
    referrals::set_pending(tx, earned.referral.id).await?;
    Ok(true)
}

/// Takes a credit back that Stripe has. The referral says so at once.
async fn reverse(
    tx: &DatabaseTransaction,
    earned: &EarnedCredit,
    sale: &purchase::Model,
    now: Timestamp,
) -> anyhow::Result<Option<Job>> {
    let given = earned.standing.amount()?.in_favor();
    referrals::set_taken_back(tx, earned.referral.id, given.cents()).await?;
    let (credit, standing) = (&earned.credit, &earned.standing);
    let reversal = rows::insert_reversal(tx, credit, standing, sale.id, now).await?;
    Ok(reversal.map(issue))
}

fn issue(credit_id: CreditId) -> Job {
    Job::IssueCredit {
        credit_id,
        attempt: 0,
    }
}

/// Posts what the sale's end asks of Stripe.
async fn finish(engine: &Engine, purchase_id: PurchaseId, jobs: Vec<Job>) -> anyhow::Result<()> {
    if jobs.is_empty() {
        return Ok(());
    }
    engine.queue.wake_workers();
    for row in rows::of_purchase(engine.db.reader(), purchase_id).await? {
        if row.state == CreditState::Due {
            credits::issue(engine, row.id).await?;
        }
    }
    Ok(())
}
