//! Undoes a counter sale. One transaction decides everything: the credit that paid for it goes back,
//! and what the sale had earned is taken back or given up (`docs/rules.md` 45).

use anyhow::Context;
use domain::{
    credit::{CreditState, NotUndone, ReturnCause, TakeBack, may_undo, take_back},
    purchase::PurchaseState,
};
use sea_orm::DatabaseTransaction;
use store::{
    PurchaseId, Scope, Timestamp, credits as rows,
    entities::{credit, purchase, referral, user},
    paid::PaidRow,
    purchases, referrals,
    sites::Site,
    users,
};

use super::{described, trace};
use crate::{
    Engine,
    credits::{self, adjust},
    queue::FollowUps,
};

/// Why a sale was not undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotUndoable {
    /// The site has no such sale.
    Unknown,
    Because(NotUndone),
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
        Ok(follow_ups) => return finish(engine, purchase_id, follow_ups).await.map(Ok),
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
        Ok(follow_ups) => finish(engine, purchase_id, follow_ups).await.map(Ok),
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
) -> anyhow::Result<Result<FollowUps, Stopped>> {
    let now = engine.now();
    let tx = engine.db.begin().await?;
    let sale = purchases::lock(&tx, purchase_id).await?;
    let Some(sale) = sale.filter(|sale| sale.site_id == site.id()) else {
        return Ok(Err(Stopped::Because(NotUndoable::Unknown)));
    };
    if let Err(why) = may_undo(*sale.state, sale.in_person) {
        return Ok(Err(Stopped::Because(NotUndoable::Because(why))));
    }
    if let Some(unsettled) = unsettled(&tx, &sale, now).await? {
        return Ok(Err(Stopped::Unsettled(Box::new(unsettled))));
    }
    purchases::set_undone(&tx, sale.id, reason, now).await?;
    let undone = PaidRow::Tenant(purchase::Model {
        state: PurchaseState::Undone.into(),
        ..sale.clone()
    });
    let mut follow_ups = adjust::of_purchase(&tx, &undone, now).await?;
    let back = credits::return_debit(&tx, sale.id, ReturnCause::Undone, now).await?;
    follow_ups.append(back.into());
    let member = users::by_id(&tx, sale.site_id, sale.buyer_id).await?;
    let member = member.context("the member of a sale")?;
    let (old, new) = (described(&sale), format!("Undone: {reason}"));
    trace(&tx, &sale, actor, &member, (Some(old), Some(new)), now).await?;
    follow_ups.enqueue(engine, &tx).await?;
    tx.commit().await?;
    engine.console_changed(Scope::Site(site.id()));
    Ok(Ok(follow_ups))
}

/// The ledger row of the credit that this sale earned of which it is not known whether Stripe has it, unless
/// the credit stays for another purchase.
async fn unsettled(
    tx: &DatabaseTransaction,
    sale: &purchase::Model,
    now: Timestamp,
) -> anyhow::Result<Option<credit::Model>> {
    let Some(referral) = earned_by(tx, sale).await? else {
        return Ok(None);
    };
    let Some(credit) = rows::of_referral(tx, referral.id).await? else {
        return Ok(None);
    };
    let ledger = rows::ledger(tx, credit).await?;
    let last = &ledger.last;
    let was_sent = last.first_sent_at.is_some();
    if take_back(*last.kind, *last.state, was_sent) != TakeBack::Unsettled {
        return Ok(None);
    }
    let partial = adjust::partial_refunds(tx, Scope::Site(sale.site_id)).await?;
    let (credit, by) = (&ledger.credit, (partial, now));
    let kept = adjust::kept_by_another(tx, referral.id, credit, sale, by).await?;
    Ok(kept.is_none().then_some(ledger.last))
}

/// The referral of which this sale earned the credit.
async fn earned_by(
    tx: &DatabaseTransaction,
    sale: &purchase::Model,
) -> anyhow::Result<Option<referral::Model>> {
    let referral = referrals::lock_of_referred(tx, sale.site_id, sale.buyer_id).await?;
    Ok(referral.filter(|referral| referral.purchase_id == Some(sale.id)))
}

/// Posts what the sale's end asks of Stripe.
async fn finish(
    engine: &Engine,
    purchase_id: PurchaseId,
    follow_ups: FollowUps,
) -> anyhow::Result<()> {
    if follow_ups.is_empty() {
        return Ok(());
    }
    follow_ups.wake(engine).await;
    for row in rows::of_purchase(engine.db.reader(), purchase_id).await? {
        if row.state == CreditState::Due {
            credits::issue(engine, row.id).await?;
        }
    }
    Ok(())
}
