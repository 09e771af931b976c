//! What should have been taken back of a member's credits and was not on the balance: credit that goes
//! back to the balance settles it, and credit that is earned never does (`docs/rules.md` 126).

use domain::{credit::settle_shortfalls, money::Money};
use sea_orm::DatabaseTransaction;
use store::{
    Timestamp,
    credits::{self, Earned},
    entities::{credit, referral},
    referral_adjustments::{self as adjustments, TakenBack},
};

use crate::queue::{FollowUps, Job};

/// The referrals of the member to whom `row` returns credit of whose own credit something is missing,
/// locked.
pub async fn lock(
    tx: &DatabaseTransaction,
    row: &credit::Model,
) -> anyhow::Result<Vec<referral::Model>> {
    Ok(match row.beneficiary_id {
        Some(member) => adjustments::lock_short(tx, member).await?,
        None => Vec::new(),
    })
}

/// Takes what is missing from what `row` has returned, oldest first.
pub async fn settle(
    tx: &DatabaseTransaction,
    row: &credit::Model,
    returned: Money,
    short: Vec<referral::Model>,
    now: Timestamp,
) -> anyhow::Result<FollowUps> {
    let mut follow_ups = FollowUps::default();
    let currency = |referral: &referral::Model| referral.currency.as_deref().copied();
    let missing = |referral: &referral::Model| {
        let currency = currency(referral).unwrap_or(returned.currency());
        Money::new(referral.shortfall_cents, currency)
    };
    let shortfalls: Vec<_> = short.iter().map(missing).collect();
    let settled = settle_shortfalls(returned, &shortfalls);
    for (referral, amount) in short.into_iter().zip(settled) {
        if !amount.is_positive() {
            continue;
        }
        let earned = Earned::Tenant {
            referral_id: referral.id,
            beneficiary_id: referral.referrer_id,
        };
        let Some(credit) = credits::of_earned(tx, earned).await? else {
            continue;
        };
        let ledger = credits::ledger(tx, credit).await?;
        let id = credits::insert_settling(tx, &ledger, row, amount, now).await?;
        let Some(credit_id) = id else { continue };
        let taken = TakenBack {
            cents: Some(referral.taken_back_cents.unwrap_or(0) + amount.cents()),
            shortfall_cents: referral.shortfall_cents - amount.cents(),
            cause: referral.taken_back_for.as_deref().copied(),
        };
        adjustments::set_taken::<referral::Entity>(tx, referral.id, taken).await?;
        tracing::info!(referral = referral.id.get(), %amount, "a shortfall is settled");
        follow_ups.add(Job::IssueCredit {
            credit_id,
            attempt: 0,
        });
    }
    Ok(follow_ups)
}
