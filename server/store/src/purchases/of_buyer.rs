//! A buyer's purchases for pages and the mobile API.

use domain::{
    money::{Currency, Money},
    purchase::{GivenBack, ProductKind, PurchaseState},
    refund::DisputeState,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbErr, DerivePartialModel,
    EntityTrait, ExprTrait, FromQueryResult, PartialModelTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Select,
};

use crate::{
    Coded, MemberId, PurchaseId, SiteId, Timestamp,
    entities::{
        product,
        purchase::{Column, Entity, Model},
    },
    index_hints::no_index,
    prepared::Prepared,
    products::Address,
    row_lock::RowLock,
};

/// A purchase as lists show it.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "Entity")]
pub struct ListedPurchase {
    pub id: PurchaseId,
    /// The product's name at the time of the purchase.
    pub product_name: String,
    /// The product's kind at the time of the purchase.
    pub kind: Coded<ProductKind, Entity>,
    price_cents: i64,
    currency: Coded<Currency, Entity>,
    pub state: Coded<PurchaseState, Entity>,
    paid_cents: Option<i64>,
    foreign_amount: Option<i64>,
    refunded_cents: i64,
    refunded_credit_cents: i64,
    refund_pending_cents: i64,
    dispute: Option<Coded<DisputeState, Entity>>,
    /// Whether it is a counter sale, recorded without Stripe.
    pub in_person: bool,
    /// When the purchase started.
    pub created_at: Timestamp,
    /// The address of the product's page.
    #[sea_orm(nested)]
    pub product: Option<Address>,
}

impl ListedPurchase {
    /// The price before any customer balance.
    pub fn price(&self) -> Money {
        Money::new(self.price_cents, *self.currency)
    }

    /// Whether it was paid in another currency than that of its price.
    pub fn is_foreign(&self) -> bool {
        self.foreign_amount.is_some()
    }

    /// What went back of what was paid, or is about to.
    pub fn given_back(&self) -> GivenBack {
        let cents = self.refunded_cents + self.refunded_credit_cents;
        GivenBack {
            pending: self.refund_pending_cents > 0,
            dispute: self.dispute.as_deref().copied(),
            ..GivenBack::of(cents, self.paid_cents.or(self.foreign_amount))
        }
    }
}

impl From<Bought> for ListedPurchase {
    fn from(Bought { purchase, product }: Bought) -> Self {
        Self {
            id: purchase.id,
            product_name: purchase.product_name,
            kind: purchase.kind,
            price_cents: purchase.price_cents,
            currency: purchase.currency,
            state: purchase.state,
            paid_cents: purchase.paid_cents,
            foreign_amount: purchase.foreign_amount,
            refunded_cents: purchase.refunded_cents,
            refunded_credit_cents: purchase.refunded_credit_cents,
            refund_pending_cents: purchase.refund_pending_cents,
            dispute: purchase.dispute,
            in_person: purchase.in_person,
            created_at: purchase.created_at,
            product,
        }
    }
}

/// A purchase with the address of its product's page.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "Entity")]
pub struct Bought {
    #[sea_orm(nested)]
    pub purchase: Model,
    /// The address of the product's page.
    #[sea_orm(nested)]
    pub product: Option<Address>,
}

/// The member bought it. SQLite would rather read all purchases of the site, in the order of their dates.
pub fn bought_by(db: &impl ConnectionTrait, site_id: SiteId, buyer_id: MemberId) -> Condition {
    let site = no_index(db.get_database_backend(), Column::SiteId, true);
    Condition::all()
        .add(site.eq(site_id))
        .add(Column::BuyerId.eq(buyer_id))
}

/// The buyer's purchases, newest first, without open and expired ones.
pub async fn of_buyer(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    buyer_id: MemberId,
    limit: u64,
) -> Result<Vec<ListedPurchase>, DbErr> {
    static LIST: Prepared = Prepared::new();
    let [open, expired] = [PurchaseState::Open, PurchaseState::Expired].map(PurchaseState::code);
    let values = vec![
        site_id.into(),
        buyer_id.into(),
        open.into(),
        expired.into(),
        limit.into(),
    ];
    let list = LIST.with(db.get_database_backend(), values, || {
        let list = of(site_id, buyer_id)
            .filter(Column::State.is_not_in([open, expired]))
            .order_by_desc(Column::Id)
            .limit(limit);
        ListedPurchase::select_cols(list.select_only()).into_query()
    });
    ListedPurchase::find_by_statement(list).all(db).await
}

/// A page of the same; with `before`, only older ones.
///
/// # Errors
/// If the database fails, or a row cannot be read.
pub async fn page_of_buyer(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    buyer_id: MemberId,
    before: Option<PurchaseId>,
    limit: u64,
) -> Result<Vec<ListedPurchase>, DbErr> {
    let hidden = [PurchaseState::Open, PurchaseState::Expired].map(PurchaseState::code);
    of(site_id, buyer_id)
        .filter(Column::State.is_not_in(hidden))
        .apply_if(before, |rows, before| rows.filter(Column::Id.lt(before)))
        .order_by_desc(Column::Id)
        .limit(limit)
        .into_partial_model()
        .all(db)
        .await
}

/// All of the buyer's purchases, newest first; with `before`, only older ones.
pub async fn all_of_buyer(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    buyer_id: MemberId,
    before: Option<PurchaseId>,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::SiteId.eq(site_id))
        .filter(Column::BuyerId.eq(buyer_id))
        .apply_if(before, |rows, before| rows.filter(Column::Id.lt(before)))
        .order_by_desc(Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// Locks the purchases of the buyer that are not paid until the transaction ends: none of them becomes paid
/// meanwhile. What is read afterwards has those that became paid before.
///
/// # Errors
/// If the database fails.
pub async fn lock_unpaid_of_buyer(
    tx: &DatabaseTransaction,
    site_id: SiteId,
    buyer_id: MemberId,
) -> Result<(), DbErr> {
    let unpaid = PurchaseState::ALL
        .into_iter()
        .filter(|state| state.may_become_paid());
    Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(bought_by(tx, site_id, buyer_id))
        .filter(Column::State.is_in(unpaid.map(PurchaseState::code)))
        .order_by_asc(Column::Id)
        .locked()
        .into_tuple::<PurchaseId>()
        .all(tx)
        .await
        .map(|_| ())
}

/// What these members of the site paid for with money, the last first.
///
/// # Errors
/// If the database fails, or a row cannot be read.
pub async fn paid_of_buyers(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    buyers: impl IntoIterator<Item = MemberId>,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let by_buyer = no_index(db.get_database_backend(), Column::SiteId, true);
    Entity::find()
        .filter(by_buyer.eq(site_id))
        .filter(Column::BuyerId.is_in(buyers))
        .filter(Column::State.eq(PurchaseState::Paid.code()))
        .filter(Column::PaidCents.gt(0))
        .order_by_desc(Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// The buyer's paid tickets for events that begin after `now`, with their events, the next one first.
pub async fn tickets_of_buyer(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    buyer_id: MemberId,
    now: Timestamp,
) -> Result<Vec<(Model, Option<product::Model>)>, DbErr> {
    Entity::find()
        .find_also_related(product::Entity)
        .filter(bought_by(db, site_id, buyer_id))
        .filter(Column::State.eq(PurchaseState::Paid.code()))
        .filter(product::Column::StartsAt.gt(now))
        .order_by_asc(product::Column::StartsAt)
        .order_by_asc(Column::Id)
        .all(db)
        .await
}

/// The buyer's purchase with this id.
pub async fn one_of_buyer(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    buyer_id: MemberId,
    id: PurchaseId,
) -> Result<Option<Bought>, DbErr> {
    of(site_id, buyer_id)
        .filter(Column::Id.eq(id))
        .into_partial_model()
        .one(db)
        .await
}

fn of(site_id: SiteId, buyer_id: MemberId) -> Select<Entity> {
    Entity::find()
        .left_join(product::Entity)
        .filter(Column::SiteId.eq(site_id))
        .filter(Column::BuyerId.eq(buyer_id))
}
