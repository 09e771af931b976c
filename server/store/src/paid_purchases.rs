//! The paid purchases of referred persons: why their referrals are Pending.

use std::collections::HashMap;

use domain::{
    credit::NoCredit,
    money::{Currency, Money},
    purchase::{CreditCheck, PurchaseState},
    referral::PaidPurchase,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseBackend, DbErr, DerivePartialModel, EntityTrait,
    ExprTrait, QueryFilter, QueryOrder, QuerySelect, Select,
};

use crate::{
    Coded, MemberId, PlatformPurchaseId, SiteId,
    entities::{
        platform_purchase,
        purchase::{Column, Entity, Model},
    },
    index_hints::no_index,
};

/// The most purchases that are read at a time.
const MOST: u64 = 1_000;

/// The columns of a purchase that matter for its buyer's referral.
#[derive(DerivePartialModel)]
#[sea_orm(entity = "Entity")]
struct Columns {
    credit_check: Coded<CreditCheck, Entity>,
    no_credit: Option<Coded<NoCredit, Entity>>,
    paid_cents: Option<i64>,
    credit_used_cents: Option<i64>,
    currency: Coded<Currency, Entity>,
    state: Coded<PurchaseState, Entity>,
}

impl Columns {
    fn as_paid(&self) -> PaidPurchase {
        let by_credit = self.credit_used_cents.unwrap_or(0);
        let money = |cents| Money::new(cents, *self.currency);
        PaidPurchase {
            check: *self.credit_check,
            decided: self.no_credit.as_deref().copied(),
            paid: self.paid_cents.map(|cents| money(cents - by_credit)),
            undone: self.state == PurchaseState::Undone,
        }
    }
}

impl Model {
    /// The purchase as far as it matters for its buyer's referral.
    pub fn as_paid(&self) -> PaidPurchase {
        let columns = Columns {
            credit_check: self.credit_check,
            no_credit: self.no_credit,
            paid_cents: self.paid_cents,
            credit_used_cents: self.credit_used_cents,
            currency: self.currency,
            state: self.state,
        };
        columns.as_paid()
    }
}

impl platform_purchase::Model {
    /// The subscription as far as it matters for its referral.
    pub fn as_paid(&self) -> PaidPurchase {
        PaidPurchase {
            check: *self.credit_check,
            decided: self.no_credit.as_deref().copied(),
            paid: self.paid_cents.map(|cents| self.money(cents)),
            undone: false,
        }
    }
}

/// What each of these members has paid for, undone sales too, oldest first. Members without a paid
/// purchase are left out.
pub async fn of_buyers(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    buyers: &[MemberId],
) -> Result<HashMap<MemberId, Vec<Model>>, DbErr> {
    if buyers.is_empty() {
        return Ok(HashMap::new());
    }
    let newest_first = newest(db.get_database_backend(), site_id, buyers);
    let newest_first = newest_first.all(db).await?;
    let mut of_buyers: HashMap<_, Vec<_>> = HashMap::new();
    for row in newest_first.into_iter().rev() {
        of_buyers.entry(row.buyer_id).or_default().push(row);
    }
    Ok(of_buyers)
}

/// The query of [`of_buyers`], newest first.
pub fn newest(backend: DatabaseBackend, site_id: SiteId, buyers: &[MemberId]) -> Select<Entity> {
    let paid = [PurchaseState::Paid, PurchaseState::Undone].map(PurchaseState::code);
    Entity::find()
        .filter(no_index(backend, Column::SiteId, true).eq(site_id))
        .filter(Column::BuyerId.is_in(buyers.iter().copied()))
        .filter(Column::State.is_in(paid))
        .order_by_desc(Column::Id)
        .limit(MOST)
}

/// What this member paid for with more than nothing, the last first: enough to know whether there was a first purchase.
///
/// # Errors
/// If the database fails, or a row cannot be read.
pub async fn of_buyer(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    buyer_id: MemberId,
) -> Result<Vec<PaidPurchase>, DbErr> {
    let by_buyer = no_index(db.get_database_backend(), Column::SiteId, true);
    let rows: Vec<Columns> = Entity::find()
        .filter(by_buyer.eq(site_id))
        .filter(Column::BuyerId.eq(buyer_id))
        .filter(Column::State.eq(PurchaseState::Paid.code()))
        .filter(Column::PaidCents.gt(0))
        .order_by_desc(Column::Id)
        .limit(MOST)
        .into_partial_model()
        .all(db)
        .await?;
    Ok(rows.iter().map(Columns::as_paid).collect())
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
