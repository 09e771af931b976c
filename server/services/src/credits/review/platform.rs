//! What is seen of a platform referral. A prospect has no account here, so no browser and no place is known; a
//! referrer's own card is that of a subscription that they bought by their own link.

use std::cmp::Reverse;

use domain::{
    credit::{MANY_AT_ONCE, Seen},
    purchase::PurchaseState,
    referral::FailureReason,
};
use store::{
    PlatformPurchaseId, Reader,
    entities::{platform_purchase, platform_referral},
    paid::PaidRow,
    platform_purchases, platform_referrals, platform_settings,
};

use super::{
    FRIENDS, PAYMENTS,
    cards::{self, Card},
    disposable_address::is_disposable,
};
use crate::Engine;

/// `None` where the program has no review, or nobody referred the buyer.
pub async fn look(
    engine: &Engine,
    purchase: &platform_purchase::Model,
) -> anyhow::Result<Option<Seen>> {
    let db = engine.db.reader();
    if platform_settings::get(db).await?.terms()?.review.is_none() {
        return Ok(None);
    }
    let mut referrals = platform_referrals::of_purchases(db, [purchase.id]).await?;
    let Some(referral) = referrals.pop() else {
        return Ok(None);
    };
    let referrer = referral.referrer_id;
    let brought = platform_referrals::of_referrer(db, referrer, FRIENDS.min(PAYMENTS)).await?;
    let (own, friends): (Vec<_>, Vec<_>) = brought.into_iter().partition(is_own);
    let own = paid_for(db, own, purchase.id).await?;
    let paid = paid_for(db, friends, purchase.id).await?;
    let went_back = |one: &platform_purchase::Model| one.given_back().is_gone();
    let went_back = paid.iter().chain([purchase]).map(went_back).collect();
    let own: Vec<_> = own.into_iter().map(PaidRow::Platform).collect();
    let others: Vec<_> = paid.into_iter().map(PaidRow::Platform).collect();
    let row = PaidRow::Platform(purchase.clone());
    let Card { card, is_unknown } = cards::of_buyer(engine, &row).await?;
    let (cards_of_referrer, cards_of_friends) = match &card {
        Some(_) => (
            cards::of_others(engine, &row, &own).await?,
            cards::of_others(engine, &row, &others).await?,
        ),
        None => (Vec::new(), Vec::new()),
    };
    let many = MANY_AT_ONCE as u64;
    let before = platform_referrals::of_referrer_before(db, referrer, referral.id, many).await?;
    let email = purchase.customer_email.as_deref().unwrap_or_default();
    Ok(Some(Seen {
        card,
        card_is_unknown: is_unknown,
        cards_of_referrer,
        cards_of_friends,
        disposable: is_disposable(email).await?,
        came_before: before
            .iter()
            .map(|before| before.created_at.moment())
            .collect(),
        came_at: Some(referral.created_at.moment()),
        went_back,
        ..Seen::default()
    }))
}

/// A referrer who bought by their own link.
fn is_own(referral: &platform_referral::Model) -> bool {
    referral.failure_reason.as_deref() == Some(&FailureReason::SelfReferral)
}

/// What was paid for with money beside the purchase `but`, the last first.
async fn paid_for(
    db: &Reader,
    referrals: Vec<platform_referral::Model>,
    but: PlatformPurchaseId,
) -> anyhow::Result<Vec<platform_purchase::Model>> {
    let ids = referrals.into_iter().map(|referral| referral.purchase_id);
    let mut paid = platform_purchases::named(db, ids.filter(|id| *id != but)).await?;
    paid.retain(|one| {
        *one.state == PurchaseState::Paid && one.paid_cents.is_some_and(|cents| cents > 0)
    });
    paid.sort_by_key(|one| Reverse(one.id));
    Ok(paid)
}
