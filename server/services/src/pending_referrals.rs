//! Why referrals are Pending, and deciding a credit again that the switched-off program decided
//! against.

use std::collections::HashMap;

use domain::{
    credit::{CreditState, Limits, Terms, is_on_hold},
    money::Money,
    purchase::CreditCheck,
    referral::{PaidPurchase, PendingReason, PresentSettings, ReferralStatus},
    stripe_keys::StripeMode,
};
use sea_orm::{DatabaseTransaction, DbErr, IntoActiveModel, Set};
use server_core::{dates, zone::Zone};
use store::{
    MemberId, PlatformReferralId, Reader, ReferralId, Scope, SiteId, Timestamp,
    audit_log::{self, Change, Field},
    credit_retries,
    credits::Earned,
    entities::{credit, platform_referral, purchase, referral, user},
    paid_purchases, platform_purchases, platform_referrals, platform_settings, purchases,
    referrals,
    sites::Site,
    stripe_accounts, users,
};

use crate::{Engine, credits::cap_is_reached, queue::Job};

/// Why a member's referral is Pending.
pub struct Why {
    pub reason: PendingReason,
    /// When the purchase was paid that says so; `None` if the friend bought nothing.
    pub paid_at: Option<Timestamp>,
}

/// The reason of each of these Pending referrals, given with the referred member; a time or day in it is in
/// `zone`.
///
/// # Errors
/// If the database fails, or a row cannot be read.
pub async fn of_members(
    db: &Reader,
    site_id: SiteId,
    pending: &[(ReferralId, MemberId)],
    zone: &Zone,
    now: Timestamp,
) -> Result<HashMap<ReferralId, PendingReason>, DbErr> {
    let why = with_purchases(db, site_id, pending, zone, now).await?;
    Ok(why.into_iter().map(|(id, why)| (id, why.reason)).collect())
}

/// The same with the purchase that says so.
///
/// # Errors
/// As [`of_members`].
pub async fn with_purchases(
    db: &Reader,
    site_id: SiteId,
    pending: &[(ReferralId, MemberId)],
    zone: &Zone,
    now: Timestamp,
) -> Result<HashMap<ReferralId, Why>, DbErr> {
    let ids: Vec<_> = pending.iter().map(|(id, _)| *id).collect();
    let buyers: Vec<_> = pending.iter().map(|(_, buyer)| *buyer).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let credits = credit_retries::of::<referral::Entity>(db, &ids).await?;
    let bought = paid_purchases::of_buyers(db, site_id, &buyers).await?;
    let due: HashMap<_, _> = credits
        .iter()
        .filter_map(|credit| Some((credit.referral_id?, due(credit, zone, now)?)))
        .collect();
    let deleted = users::deleted_among(db, site_id, &buyers).await?;
    let why = |(id, buyer): &(ReferralId, MemberId)| {
        let rows = bought.get(buyer).map_or(&[][..], Vec::as_slice);
        let purchases = paid(rows);
        let matters = PaidPurchase::that_matters(&purchases).and_then(|at| rows.get(at));
        let reason = due.get(id).cloned();
        let reason = reason.unwrap_or_else(|| PendingReason::of(&purchases));
        let reason = match deleted.contains(buyer) {
            true => reason.after_deletion(),
            false => reason,
        };
        let paid_at = matters.and_then(|row| row.paid_at);
        (*id, Why { reason, paid_at })
    };
    Ok(pending.iter().map(why).collect())
}

/// The reason of each of these Pending platform referrals.
///
/// # Errors
/// As [`of_members`].
pub async fn of_subscriptions(
    db: &Reader,
    pending: &[platform_referral::Model],
    zone: &Zone,
    now: Timestamp,
) -> Result<HashMap<PlatformReferralId, PendingReason>, DbErr> {
    let ids: Vec<_> = pending.iter().map(|row| row.id).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let credits = credit_retries::of::<platform_referral::Entity>(db, &ids).await?;
    let bought: Vec<_> = pending.iter().map(|row| row.purchase_id).collect();
    let bought = paid_purchases::subscriptions(db, &bought).await?;
    let due: HashMap<_, _> = credits
        .iter()
        .filter_map(|credit| Some((credit.platform_referral_id?, due(credit, zone, now)?)))
        .collect();
    let reason = |row: &platform_referral::Model| {
        let bought = bought.iter().find(|bought| bought.id == row.purchase_id);
        let bought = || PendingReason::of(bought.map(|one| one.as_paid()).as_slice());
        (row.id, due.get(&row.id).cloned().unwrap_or_else(bought))
    };
    Ok(pending.iter().map(reason).collect())
}

fn paid(purchases: &[purchase::Model]) -> Vec<PaidPurchase> {
    purchases.iter().map(purchase::Model::as_paid).collect()
}

/// The reason of a referral whose credit is under review, on hold, or on its way.
fn due(credit: &credit::Model, zone: &Zone, now: Timestamp) -> Option<PendingReason> {
    let held = credit.held_until;
    let held = held.filter(|end| is_on_hold(Some(end.moment()), now.moment()));
    let is_frozen = credit.frozen_at.is_some() && credit.first_sent_at.is_none();
    (credit.state == CreditState::Due).then(|| match (held, credit.attempts) {
        _ if is_frozen => PendingReason::Frozen,
        _ if credit.is_under_review() => PendingReason::UnderReview,
        (Some(end), _) => PendingReason::OnHold(dates::near_day(end, zone)),
        (None, 0) => PendingReason::BeingIssued,
        (None, _) => PendingReason::RetryAt(dates::minute(credit.next_attempt_at, zone)),
    })
}

/// Whose referral is decided again, by whom.
pub struct DecideAgain<'a> {
    pub actor: &'a user::Model,
    /// The subject in the audit log: `Referral 12 of Jane Doe`.
    pub title: &'a str,
}

/// Has the credit of a member's referral decided again, by the present setting.
///
/// # Errors
/// If the database fails. Otherwise the sentence says why nothing was decided.
pub async fn decide_again(
    engine: &Engine,
    site: &Site,
    referral: &referral::Model,
    by: DecideAgain<'_>,
) -> anyhow::Result<Result<(), &'static str>> {
    let tx = engine.db.begin().await?;
    let buyer = referral.referred_id;
    let bought = paid_purchases::of_buyers(&tx, site.id(), &[buyer]).await?;
    let bought = bought.get(&buyer).map_or(&[][..], Vec::as_slice);
    let matters = PaidPurchase::that_matters(&paid(bought)).and_then(|at| bought.get(at));
    let locked = match matters {
        Some(purchase) => purchases::lock(&tx, purchase.id).await?,
        None => None,
    };
    let Some(purchase) = locked else {
        return Ok(PendingReason::Registered.may_decide_again(PresentSettings::OPEN));
    };
    let now = referrals::lock_of_referred(&tx, site.id(), buyer).await?;
    if now.is_none_or(|now| now.status != ReferralStatus::Pending) {
        return Ok(Err(NOT_PENDING));
    }
    let bought = purchase.as_paid();
    let reason = PendingReason::of(&[bought]);
    let account = stripe_accounts::mode_of(&tx, site.row.stripe_account_id).await?;
    let earned = Earned::Tenant {
        referral_id: referral.id,
        beneficiary_id: referral.referrer_id,
    };
    let earned = (earned, purchase.mode().or(account));
    let asked = (site.tenant_credit(), site.settings.terms()?);
    let present = present(engine, &tx, asked, site.id(), earned, bought.paid).await?;
    if let Err(why) = reason.may_decide_again(present) {
        return Ok(Err(why));
    }
    let purchase_id = purchase.id;
    let mut row = purchase.into_active_model();
    row.credit_check = Set(CreditCheck::Due.into());
    row.no_credit = Set(None);
    purchases::update(&tx, row).await?;
    trace(&tx, engine, Some(site.id()), &reason, by).await?;
    tx.commit().await?;
    engine.console_changed(Scope::Site(site.id()));
    let job = Job::DecideCredit { purchase_id };
    engine.queue.requeue(job, engine.now()).await;
    Ok(Ok(()))
}

const NOT_PENDING: &str = "This referral is not Pending anymore.";

/// The same for a platform referral.
///
/// # Errors
/// As [`decide_again`].
pub async fn decide_subscription_again(
    engine: &Engine,
    referral: &platform_referral::Model,
    by: DecideAgain<'_>,
) -> anyhow::Result<Result<(), &'static str>> {
    let settings = platform_settings::get(engine.db.reader()).await?;
    let tx = engine.db.begin().await?;
    let Some(bought) = platform_purchases::lock(&tx, referral.purchase_id).await? else {
        return Ok(PendingReason::Registered.may_decide_again(PresentSettings::OPEN));
    };
    let pending = platform_referrals::lock_pending_of(&tx, bought.id).await?;
    if pending.is_none() {
        return Ok(Err(NOT_PENDING));
    }
    let paid = bought.as_paid();
    let reason = PendingReason::of(&[paid]);
    let account = stripe_accounts::mode_of(&tx, settings.stripe_account_id).await?;
    let earned = Earned::Platform {
        referral_id: referral.id,
        referrer_id: referral.referrer_id,
    };
    let earned = (earned, bought.mode().or(account));
    let asked = (settings.platform_credit(), settings.terms()?);
    let present = present(engine, &tx, asked, bought.site_id, earned, paid.paid).await?;
    if let Err(why) = reason.may_decide_again(present) {
        return Ok(Err(why));
    }
    let purchase_id = bought.id;
    let mut row = bought.into_active_model();
    row.credit_check = Set(CreditCheck::Due.into());
    row.no_credit = Set(None);
    platform_purchases::update(&tx, row).await?;
    trace(&tx, engine, None, &reason, by).await?;
    tx.commit().await?;
    engine.console_changed(Scope::Platform);
    let job = Job::DecidePlatformCredit { purchase_id };
    engine.queue.requeue(job, engine.now()).await;
    Ok(Ok(()))
}

/// What the settings of now, an amount and terms, say of a purchase for which `paid` was paid.
async fn present(
    engine: &Engine,
    tx: &DatabaseTransaction,
    (reward, terms): (Money, Terms),
    site_id: SiteId,
    earned: (Earned, Option<StripeMode>),
    paid: Option<Money>,
) -> anyhow::Result<PresentSettings> {
    let now = engine.now();
    let limits = Limits {
        least: terms.least,
        cap_is_reached: cap_is_reached(tx, terms.cap, site_id, earned, now).await?,
        // One that ended is not decided again.
        ended_in_hold: false,
    };
    Ok(PresentSettings {
        program_is_on: reward.is_positive(),
        is_below_least: paid.is_some_and(|paid| limits.is_below(paid)),
        cap_is_reached: limits.cap_is_reached,
    })
}

async fn trace(
    tx: &impl store::Write,
    engine: &Engine,
    site_id: Option<SiteId>,
    before: &PendingReason,
    by: DecideAgain<'_>,
) -> Result<(), DbErr> {
    let change = Change {
        site_id,
        actor: Some(by.actor),
        subject: by.title,
        now: engine.now(),
    };
    let field = Field {
        name: "Credit decision",
        old: before.sentence(),
        new: Some("Decided again".to_owned()),
    };
    audit_log::write(tx, &change, [field]).await
}
