//! What an attempt ends in: Credited, another try, or Failed.

use domain::{
    credit::{Fault, Verdict, after_fault, spoils_key},
    notification::Notification,
};
use store::MemberId;
use store::{
    credits::{self, BalanceTransaction, Earned},
    entities::credit,
    notifications as notification_rows,
    stripe_customers::{self, HolderId},
};
use time::Duration;

use super::{
    Issued,
    post::{Posted, look_once_more},
    referral,
};
use crate::{Engine, live::Arrival, notifications};

/// Stripe has it: ledger, referral, balance and notification say so together.
pub async fn finish(
    state: &Engine,
    credit: &credit::Model,
    posted: &Posted,
) -> anyhow::Result<Issued> {
    let now = state.now();
    let tx = state.db.begin().await?;
    referral::lock(&tx, credit.earned()).await?;
    let (customer, entry) = (&posted.customer_id, &posted.entry);
    let issued = BalanceTransaction {
        id: &entry.id,
        customer_id: customer,
        amount: entry.amount,
    };
    if !credits::set_issued(&tx, credit.id, &issued, now).await? {
        return Ok(Issued::NothingToDo);
    }
    let given = entry.given;
    referral::set_credited(&tx, credit.earned(), given, now).await?;
    if let Some(earned) = credit.earned() {
        let holder = match earned {
            Earned::Tenant { beneficiary_id, .. } => HolderId::Member(beneficiary_id),
            Earned::Platform { referrer_id, .. } => HolderId::Partner(referrer_id),
        };
        let account = posted.account_id;
        match entry.ending_balance {
            Some(ending) => {
                let balance = ending.in_favor();
                stripe_customers::set_balance(&tx, account, holder, customer, balance, now).await?;
            }
            None => stripe_customers::forget_balance(&tx, account, holder).await?,
        }
    }
    let mut news = None;
    if let Some(user_id) = credit.beneficiary_id {
        let text = format!("You earned a {given} credit from your referral");
        let (site, id) = (credit.site_id, Some(credit.id));
        let row = notification_rows::insert(&tx, site, user_id, id, &text, now).await?;
        news = Some((user_id, notifications::view(&row)));
    }
    tx.commit().await?;
    tell(state, news).await;
    Ok(Issued::Credited)
}

async fn tell(state: &Engine, news: Option<(MemberId, Notification)>) {
    if let Some((user_id, notification)) = news {
        state
            .live
            .tell(
                &state.db,
                Arrival {
                    user_id,
                    notification,
                },
            )
            .await;
    }
}

/// A fault: the rules say whether to try again. `posting`: it answered the balance transaction.
pub async fn give_way(
    state: &Engine,
    credit: &credit::Model,
    fault: &Fault,
    posting: bool,
) -> anyhow::Result<Issued> {
    let attempts = credit.progress()?.attempts + 1;
    tracing::warn!(
        credit = credit.id.get(),
        attempts,
        ?fault,
        posting,
        "a credit could not be issued"
    );
    match after_fault(attempts, fault, posting) {
        Verdict::Retry(wait) => {
            let spoilt = spoils_key(fault, posting);
            again(state, credit, attempts, spoilt, wait).await
        }
        Verdict::Fail(reason) => {
            if let Some(posted) = look_once_more(state, credit).await {
                return finish(state, credit, &posted).await;
            }
            let tx = state.db.begin().await?;
            referral::lock(&tx, credit.earned()).await?;
            let now = state.now();
            if !credits::set_failed(&tx, credit, attempts, &reason, now).await? {
                return Ok(Issued::NothingToDo);
            }
            referral::set_failed(&tx, credit.earned(), &reason).await?;
            tx.commit().await?;
            Ok(Issued::Failed(reason))
        }
    }
}

/// It is too early for the next call.
pub async fn put_off(
    state: &Engine,
    credit: &credit::Model,
    left: Duration,
) -> anyhow::Result<Issued> {
    tracing::info!(credit = credit.id.get(), %left, "what was sent before may be under way");
    let attempts = credit.progress()?.attempts;
    again(state, credit, attempts, false, left).await
}

async fn again(
    state: &Engine,
    credit: &credit::Model,
    attempts: u32,
    spoilt: bool,
    wait: Duration,
) -> anyhow::Result<Issued> {
    let next = state.now() + wait;
    let ours = credits::set_retry(state.db.writer(), credit, attempts, spoilt, next).await?;
    Ok(match ours {
        true => Issued::Retry(wait),
        false => Issued::NothingToDo,
    })
}
