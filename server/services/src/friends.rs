//! What became of the friends whom a member referred.

use std::collections::HashMap;

use domain::{
    money::Money,
    referral::{PendingReason, ReferralStatus, ReferralStep, TimelineFacts, timeline},
};
use sea_orm::DbErr;
use store::{
    PurchaseId, Reader, ReferralId, Timestamp, friends, referrals::ReferredFriend, sites::Site,
};

use crate::pending_referrals::{self, Why};

/// What is told of some referrals.
pub struct Told {
    /// Why each Pending one is so.
    pub reasons: HashMap<ReferralId, PendingReason>,
    /// The steps of each.
    pub steps: HashMap<ReferralId, Vec<ReferralStep>>,
}

/// What became of these referrals of a member of the site.
///
/// # Errors
/// If the database fails, or a row cannot be read.
pub async fn told(
    db: &Reader,
    site: &Site,
    rows: &[ReferredFriend],
    now: Timestamp,
) -> Result<Told, DbErr> {
    let pending = rows
        .iter()
        .filter(|row| row.status == ReferralStatus::Pending);
    let pending: Vec<_> = pending.map(|row| (row.id, row.referred_id)).collect();
    let zone = &site.row.time_zone;
    let why = pending_referrals::with_purchases(db, site.id(), &pending, zone, now).await?;
    let bought: Vec<_> = rows.iter().filter_map(|row| row.purchase_id).collect();
    let paid = friends::paid_at(db, site.id(), &bought).await?;
    let steps = |row: &ReferredFriend| (row.id, timeline(&facts(row, why.get(&row.id), &paid)));
    Ok(Told {
        steps: rows.iter().map(steps).collect(),
        reasons: why.into_iter().map(|(id, why)| (id, why.reason)).collect(),
    })
}

fn facts(
    row: &ReferredFriend,
    why: Option<&Why>,
    paid: &HashMap<PurchaseId, Timestamp>,
) -> TimelineFacts {
    let money = |cents: Option<i64>| {
        let (cents, currency) = cents.zip(row.currency.as_deref().copied())?;
        Some(Money::new(cents, currency))
    };
    let counted = row.purchase_id.and_then(|id| paid.get(&id)).copied();
    let bought_at = counted.or_else(|| why.and_then(|why| why.paid_at));
    TimelineFacts {
        status: *row.status,
        joined_at: row.joined_at().moment(),
        bought_at: bought_at.map(Timestamp::moment),
        pending: why.map(|why| why.reason.clone()),
        failed: row.failure_reason.as_deref().cloned(),
        credit: money(row.credit_cents),
        credited_at: row.credited_at.map(Timestamp::moment),
        taken_back: money(row.taken_back_cents),
        taken_back_for: row.taken_back_for.as_deref().copied(),
    }
}
