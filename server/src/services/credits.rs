//! Credits: from a purchase that counts to an entry on the referrer's Stripe balance, once.
//!
//! `decide` writes the ledger row, `issue` takes it to Stripe. Either can be cut off at any line
//! and run again: the row tells how far it came, its key keeps Stripe from doing it twice.

use app::types::Notification;
use domain::{
    CreditCase, CreditKey, Decision, FailureReason, Fault, Money, NextStep, Verdict, after_fault,
    decide as decide_credit, next_step,
};
use sea_orm::DatabaseTransaction;
use time::Duration;

use super::{
    notifications,
    stripe_customers::{Connection, StepError, connection, get_or_create},
};
use crate::{
    clock::to_ms,
    db::{
        credits::{self, NewCredit},
        entities::{credit, purchase},
        notifications as notification_rows, purchases,
        purchases::credit_check,
        referrals,
        sites::{self, Site},
        stripe_customers,
    },
    live::News,
    state::AppState,
    stripe::{BalanceTransaction, Customer, LEDGER_KEY, NewBalanceTransaction},
};

/// How long a job may be at a credit before another may take it: several calls to Stripe, each
/// within its time-out.
const LEASE: Duration = Duration::minutes(3);

/// What became of an attempt to issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Issued {
    /// Stripe has it, and everybody was told.
    Credited,
    /// It was not due, or another job is at it.
    NothingToDo,
    /// A passing fault; again after this time.
    Retry(Duration),
    /// Given up.
    Failed(FailureReason),
}

/// Decides about the credit of a paid purchase and writes it to the ledger.
///
/// # Errors
/// If the database fails; the purchase stays in the outbox.
pub async fn decide(state: &AppState, purchase_id: i64) -> anyhow::Result<Option<i64>> {
    let tx = state.db.begin().await?;
    let Some(purchase) = purchases::lock(&tx, purchase_id).await? else {
        return Ok(None);
    };
    if purchase.credit_check != credit_check::DUE {
        return Ok(None);
    }
    let credit_id = match sites::by_id(&tx, purchase.site_id).await? {
        Some(site) => decide_in(&tx, &site, &purchase, state.clock.now_ms()).await?,
        None => None,
    };
    purchases::credit_decided(&tx, purchase.id).await?;
    tx.commit().await?;
    Ok(credit_id)
}

async fn decide_in(
    tx: &DatabaseTransaction,
    site: &Site,
    purchase: &purchase::Model,
    now_ms: i64,
) -> anyhow::Result<Option<i64>> {
    let referral = referrals::lock_pending_of(tx, site.id(), purchase.buyer_id).await?;
    let decision = decide_credit(site.tenant_credit(), referral.is_some());
    let (Decision::Due(reward), Some(referral)) = (decision, referral) else {
        tracing::info!(purchase = purchase.id, ?decision, "no credit is due");
        return Ok(None);
    };
    let Some(amount) = reward.opposite() else {
        return Ok(None);
    };
    let new = NewCredit {
        site_id: site.id(),
        referral_id: referral.id,
        beneficiary_id: referral.referrer_id,
        stripe_account_id: site.row.stripe_account_id,
        amount,
        key: CreditKey::for_referral(CreditCase::Tenant, &site.row.realm, referral.id),
    };
    let credit_id = credits::insert_due(tx, new, now_ms).await?;
    if credit_id.is_some() {
        referrals::set_purchase(tx, referral.id, purchase.id).await?;
    }
    Ok(credit_id)
}

/// Takes a due credit to Stripe.
///
/// # Errors
/// If the database fails; the credit stays due, and the sweep finds it.
pub async fn issue(state: &AppState, credit_id: i64) -> anyhow::Result<Issued> {
    let claimed = credits::claim(state.db.conn(), credit_id, state.clock.now_ms(), LEASE).await?;
    let Some(credit) = claimed else {
        return Ok(Issued::NothingToDo);
    };
    match post(state, &credit).await {
        Ok((customer, entry)) => finish(state, &credit, &customer, &entry).await,
        Err(StepError::Stripe(fault)) => give_way(state, &credit, &fault).await,
        Err(StepError::Database(error)) => Err(error.into()),
    }
}

async fn post(
    state: &AppState,
    credit: &credit::Model,
) -> Result<(Customer, BalanceTransaction), StepError> {
    let db = state.db.conn();
    let site = sites::by_id(db, credit.site_id)
        .await?
        .ok_or(Fault::NotConnected)?;
    let connected = connection(state, &site).await.map_err(|error| {
        tracing::error!("{error:#}");
        Fault::NotConnected
    })?;
    let connection = connected.ok_or(Fault::NotConnected)?;
    let member = stripe_customers::member(
        db,
        credit.site_id,
        credit.beneficiary_id.unwrap_or_default(),
    )
    .await?
    .ok_or_else(|| Fault::Refused("referrer is gone".to_owned()))?;
    let customer = get_or_create(state, &site, &connection, &member).await?;
    let entry = post_once(state, credit, &connection, &customer).await?;
    Ok((customer, entry))
}

async fn post_once(
    state: &AppState,
    credit: &credit::Model,
    connection: &Connection,
    customer: &Customer,
) -> Result<BalanceTransaction, StepError> {
    let progress = credit.progress();
    let now = state.clock.now();
    let mut generation = progress.generation;
    let mut first_sent_at = progress.first_sent_at.unwrap_or(now);
    if next_step(&progress, now) == NextStep::LookFirst {
        if let Some(entry) = connection
            .gateway
            .find_balance(&customer.id, &credit.idempotency_key)
            .await?
        {
            return Ok(entry);
        }
        (generation, first_sent_at) = (generation + 1, now);
    } else if credit
        .stripe_customer_id
        .as_ref()
        .is_some_and(|id| *id != customer.id)
    {
        // The customer that was asked first is gone, and a key is bound to its customer.
        (generation, first_sent_at) = (generation + 1, now);
    }
    credits::set_sent(
        state.db.conn(),
        credit.id,
        &customer.id,
        generation,
        to_ms(first_sent_at),
    )
    .await?;
    let new = NewBalanceTransaction {
        amount: credit.amount(),
        description: CreditCase::Tenant.description(),
        ledger_key: &credit.idempotency_key,
    };
    let key = credit.key().sent(generation);
    tracing::info!(
        credit = credit.id,
        attempt = progress.attempts + 1,
        metadata = LEDGER_KEY,
        "posting"
    );
    Ok(connection
        .gateway
        .post_balance(&customer.id, new, &key)
        .await?)
}

async fn finish(
    state: &AppState,
    credit: &credit::Model,
    customer: &Customer,
    entry: &BalanceTransaction,
) -> anyhow::Result<Issued> {
    let now_ms = state.clock.now_ms();
    let reward = credit.amount().opposite().unwrap_or(credit.amount());
    let tx = state.db.begin().await?;
    if !credits::set_issued(&tx, credit.id, &customer.id, &entry.id, now_ms).await? {
        return Ok(Issued::NothingToDo);
    }
    if let Some(referral_id) = credit.referral_id {
        referrals::set_credited(&tx, referral_id, reward, now_ms).await?;
    }
    let mut news = None;
    if let Some(user_id) = credit.beneficiary_id {
        let ending = Money::new(entry.ending_balance_cents, reward.currency());
        let in_favour = ending.opposite().unwrap_or(ending);
        stripe_customers::set_balance(&tx, user_id, in_favour.cents(), now_ms).await?;
        let text = format!("You earned a {reward} credit from your referral");
        let row =
            notification_rows::insert(&tx, credit.site_id, user_id, Some(credit.id), &text, now_ms)
                .await?;
        news = Some((user_id, notifications::view(&row)));
    }
    tx.commit().await?;
    tell(state, news).await;
    Ok(Issued::Credited)
}

async fn tell(state: &AppState, news: Option<(i64, Notification)>) {
    if let Some((user_id, notification)) = news {
        state
            .live
            .tell(
                &state.db,
                News {
                    user_id,
                    notification,
                },
            )
            .await;
    }
}

async fn give_way(
    state: &AppState,
    credit: &credit::Model,
    fault: &Fault,
) -> anyhow::Result<Issued> {
    let attempts = credit.progress().attempts + 1;
    tracing::warn!(
        credit = credit.id,
        attempts,
        ?fault,
        "a credit could not be issued"
    );
    match after_fault(attempts, fault) {
        Verdict::Retry(wait) => {
            let next = to_ms(state.clock.now() + wait);
            let spoilt = credit.key_is_spoilt || *fault == Fault::Server;
            credits::set_retry(state.db.conn(), credit.id, attempts, spoilt, next).await?;
            Ok(Issued::Retry(wait))
        }
        Verdict::Fail(reason) => {
            let tx = state.db.begin().await?;
            if credits::set_failed(&tx, credit.id, attempts, &reason).await?
                && let Some(referral_id) = credit.referral_id
            {
                referrals::set_failed(&tx, referral_id, &reason).await?;
            }
            tx.commit().await?;
            Ok(Issued::Failed(reason))
        }
    }
}
