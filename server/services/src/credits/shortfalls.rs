//! What should have been taken back of a member's credits and was not on the balance: credit that goes
//! back to the balance settles it, and credit that is earned never does (`docs/rules.md` 126).

use domain::{
    credit::{CreditState, settle_shortfalls},
    money::Money,
};
use sea_orm::DatabaseTransaction;
use store::{
    Timestamp,
    credits::{self, Earned, Ledger},
    entities::{credit, referral},
    referral_adjustments::{self as adjustments, TakenBack},
};

use crate::queue::{FollowUps, Job};

/// A referral of whose credit something is missing, locked, with the ledger of that credit.
pub struct Short {
    referral: referral::Model,
    ledger: Ledger,
}

/// The referrals of the member to whom `row` returns credit of whose own credit something is missing, oldest
/// first. `None` while Stripe has not said what it has of one of them: what is missing is not known then,
/// and each row of a ledger is undone by one row.
pub async fn lock(
    tx: &DatabaseTransaction,
    row: &credit::Model,
) -> anyhow::Result<Option<Vec<Short>>> {
    let Some(member) = row.beneficiary_id else {
        return Ok(Some(Vec::new()));
    };
    let mut short = Vec::new();
    for referral in adjustments::lock_short(tx, member).await? {
        let earned = Earned::Tenant {
            referral_id: referral.id,
            beneficiary_id: referral.referrer_id,
        };
        let credit = credits::of_earned(tx, earned).await?;
        // Test money settles nothing real.
        let Some(credit) = credit.filter(|credit| credit.mode() == row.mode()) else {
            continue;
        };
        let ledger = credits::ledger(tx, credit).await?;
        if ledger.last.state == CreditState::Due {
            return Ok(None);
        }
        short.push(Short { referral, ledger });
    }
    Ok(Some(short))
}

/// Takes what is missing from what `row` has returned, oldest first.
pub async fn settle(
    tx: &DatabaseTransaction,
    row: &credit::Model,
    returned: Money,
    short: Vec<Short>,
    now: Timestamp,
) -> anyhow::Result<FollowUps> {
    let mut follow_ups = FollowUps::default();
    let missing = |Short { referral, .. }: &Short| {
        let currency = referral.currency.as_deref().copied();
        let currency = currency.unwrap_or(returned.currency());
        Money::new(referral.shortfall_cents, currency)
    };
    let shortfalls: Vec<_> = short.iter().map(missing).collect();
    let settled = settle_shortfalls(returned, &shortfalls);
    for (Short { referral, ledger }, amount) in short.into_iter().zip(settled) {
        if !amount.is_positive() {
            continue;
        }
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
