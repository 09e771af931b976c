//! The last paid purchase of each referred person: why their referral is Pending.

use std::collections::HashMap;

use domain::{
    credit::NoCredit,
    purchase::{CreditCheck, PurchaseState},
    referral::LastPurchase,
};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect};

use crate::{
    MemberId, PlatformPurchaseId, PurchaseId, SiteId,
    entities::{
        platform_purchase,
        purchase::{Column, Entity, Model},
    },
};

impl Model {
    /// The purchase as far as it matters for its buyer's referral.
    pub fn as_last(&self) -> LastPurchase {
        let paid = self.paid_cents.unwrap_or(0) - self.credit_used_cents.unwrap_or(0);
        LastPurchase {
            check: *self.credit_check,
            no_credit: self
                .no_credit
                .as_deref()
                .copied()
                .or_else(|| no_credit(self.foreign_currency.is_some(), paid, *self.credit_check)),
            undone: self.state == PurchaseState::Undone,
        }
    }
}

impl platform_purchase::Model {
    /// The subscription as far as it matters for its referral.
    pub fn as_last(&self) -> LastPurchase {
        let paid = self.paid_cents.unwrap_or(0);
        LastPurchase {
            check: *self.credit_check,
            no_credit: self
                .no_credit
                .as_deref()
                .copied()
                .or_else(|| no_credit(self.foreign_currency.is_some(), paid, *self.credit_check)),
            undone: false,
        }
    }
}

/// What the amounts say where no reason is stored.
fn no_credit(foreign: bool, paid_cents: i64, check: CreditCheck) -> Option<NoCredit> {
    match (check, foreign) {
        (CreditCheck::Due, _) => None,
        (_, true) => Some(NoCredit::OtherCurrency),
        (_, false) => (paid_cents <= 0).then_some(NoCredit::NothingPaid),
    }
}

/// The last purchase of each of these members that was paid; members without one are left out.
pub async fn of_buyers(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    buyers: &[MemberId],
) -> Result<HashMap<MemberId, Model>, DbErr> {
    if buyers.is_empty() {
        return Ok(HashMap::new());
    }
    let paid = [PurchaseState::Paid, PurchaseState::Undone].map(PurchaseState::code);
    let last: Vec<PurchaseId> = Entity::find()
        .select_only()
        .column_as(Column::Id.max(), "id")
        .filter(Column::SiteId.eq(site_id))
        .filter(Column::BuyerId.is_in(buyers.iter().copied()))
        .filter(Column::State.is_in(paid))
        .group_by(Column::BuyerId)
        .into_tuple()
        .all(db)
        .await?;
    let rows = Entity::find()
        .filter(Column::Id.is_in(last))
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| (row.buyer_id, row)).collect())
}

/// These subscriptions.
pub async fn subscriptions(
    db: &impl ConnectionTrait,
    ids: &[PlatformPurchaseId],
) -> Result<Vec<platform_purchase::Model>, DbErr> {
    platform_purchase::Entity::find()
        .filter(platform_purchase::Column::Id.is_in(ids.iter().copied()))
        .all(db)
        .await
}
