//! What a referrer earned in a period, for the program's cap (`docs/rules.md` 135).

use domain::{credit::CreditKind, stripe_keys::StripeMode};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect,
};

use super::Earned;
use crate::{
    CreditId, MemberId, PlatformReferrerId, Timestamp, Write,
    entities::{
        credit::{Column, Entity},
        platform_referrer, user,
    },
    row_lock::RowLock,
    stripe_customers::HolderId,
};

/// Lets the decisions about one referrer's credits take turns until the transaction ends, so that two of
/// them do not count the same credits. Call it before the referral is locked.
pub async fn take_turns(db: &impl Write, holder: HolderId) -> Result<(), DbErr> {
    match holder {
        HolderId::Member(id) => user::Entity::find_by_id(id)
            .select_only()
            .column(user::Column::Id)
            .locked()
            .into_tuple::<MemberId>()
            .one(db)
            .await
            .map(|_| ()),
        HolderId::PlatformReferrer(id) => platform_referrer::Entity::find_by_id(id)
            .select_only()
            .column(platform_referrer::Column::Id)
            .locked()
            .into_tuple::<PlatformReferrerId>()
            .one(db)
            .await
            .map(|_| ()),
    }
}

/// How many credits of this mode the referrer of `but` earned since `since`, up to `most`, without that of
/// its own referral, which a new one may replace. What was earned without Stripe has no mode, and counts.
pub async fn earned_since(
    db: &impl ConnectionTrait,
    but: Earned,
    mode: Option<StripeMode>,
    since: Timestamp,
    most: u64,
) -> Result<u64, DbErr> {
    let theirs = match but {
        Earned::Tenant {
            referral_id,
            beneficiary_id,
        } => Condition::all()
            .add(Column::BeneficiaryId.eq(beneficiary_id))
            .add(Column::ReferralId.ne(referral_id)),
        Earned::Platform {
            referral_id,
            referrer_id,
        } => Condition::all()
            .add(Column::PlatformReferrerId.eq(referrer_id))
            .add(Column::PlatformReferralId.ne(referral_id)),
    };
    let of_mode = mode.map(|mode| {
        Condition::any()
            .add(Column::Livemode.is_null())
            .add(Column::Livemode.eq(mode.livemode()))
    });
    let ids: Vec<CreditId> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(theirs)
        .filter(Column::Kind.eq(CreditKind::Earned.code()))
        .filter(Column::CreatedAt.gte(since))
        .filter(Condition::all().add_option(of_mode))
        .limit(most)
        .into_tuple()
        .all(db)
        .await?;
    Ok(ids.len() as u64)
}
