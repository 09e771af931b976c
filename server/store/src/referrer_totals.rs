//! What a member's referrals come to: one row for each status and currency. The index over `referrer_id` reads the
//! member's rows alone.

use domain::{money::Currency, referral::ReferralStatus};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, FromQueryResult, QueryFilter,
    QuerySelect, sea_query::Expr,
};

use super::{
    entities::referral::{Column, Entity},
    referral_counts::whole,
    referral_table::NET,
};
use crate::{Coded, MemberId, SiteId};

/// The member's referrals with one status and one currency.
#[derive(Clone, Debug, FromQueryResult)]
pub struct ReferrerTotal {
    pub status: Coded<ReferralStatus, Entity>,
    /// The currency of their credits; `None` if there is none.
    pub currency: Option<Coded<Currency, Entity>>,
    /// The number of referrals.
    pub referrals: i64,
    /// The sum of their credits in cents, without what was taken back.
    pub credit_cents: i64,
}

/// Adds up the member's referrals.
///
/// # Errors
/// If the database fails, or a row cannot be read.
pub async fn of_referrer(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    referrer_id: MemberId,
) -> Result<Vec<ReferrerTotal>, DbErr> {
    Entity::find()
        .select_only()
        .columns([Column::Status, Column::Currency])
        .column_as(whole(Column::Id.count()), "referrals")
        .column_as(whole(Expr::cust(NET).sum()), "credit_cents")
        .filter(Column::SiteId.eq(site_id))
        .filter(Column::ReferrerId.eq(referrer_id))
        .group_by(Column::Status)
        .group_by(Column::Currency)
        .into_model()
        .all(db)
        .await
}
