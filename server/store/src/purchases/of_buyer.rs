//! A buyer's purchases, as pages and the API read them.

use crate::Coded;
use domain::money::Currency;
use domain::{
    money::Money,
    purchase::{ProductKind, PurchaseState},
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, DerivePartialModel, EntityTrait, FromQueryResult,
    PartialModelTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
};

use crate::{MemberId, PurchaseId, SiteId, Timestamp};
use crate::{
    entities::{
        product,
        purchase::{Column, Entity, Model},
    },
    prepared::Prepared,
    products::Address,
};

/// What a list of purchases shows of one.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "Entity")]
pub struct ListedPurchase {
    /// Our id.
    pub id: PurchaseId,
    /// As it was when it was bought.
    pub product_name: String,
    /// What kind of product it was.
    pub kind: Coded<ProductKind, Entity>,
    price_cents: i64,
    currency: Coded<Currency, Entity>,
    /// Where it stands.
    pub state: Coded<PurchaseState, Entity>,
    /// Sold at the counter, not through Stripe.
    pub in_person: bool,
    /// When it was begun, in milliseconds.
    pub created_at: Timestamp,
    /// The product's page.
    #[sea_orm(nested)]
    pub product: Option<Address>,
}

impl ListedPurchase {
    /// What was asked, before any balance.
    pub fn price(&self) -> Money {
        Money::new(self.price_cents, *self.currency)
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
            in_person: purchase.in_person,
            created_at: purchase.created_at,
            product,
        }
    }
}

/// A purchase, and where what was bought is.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "Entity")]
pub struct Bought {
    /// The purchase.
    #[sea_orm(nested)]
    pub purchase: Model,
    /// The product's page.
    #[sea_orm(nested)]
    pub product: Option<Address>,
}

/// The buyer's purchases, newest first, without those that came to nothing.
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

/// One purchase of the buyer.
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
