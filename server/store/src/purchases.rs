//! Purchases on tenants' sites. A buyer's queries filter by site and buyer, a webhook's by account.

use domain::{
    credit::NoCredit,
    foreign_amount::ForeignAmount,
    money::Money,
    purchase::{CreditCheck, PurchaseState},
    stripe_keys::StripeMode,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, ExprTrait, FromQueryResult,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select, TryIntoModel,
    sea_query::Expr,
};

use super::{
    entities::{
        purchase::{ActiveModel, Column, Entity, Model},
        stripe_account,
    },
    foreign_amount::foreign_amount,
    index_hints::no_index,
    prepared::Prepared,
};
use crate::{
    MemberId, ProductId, PurchaseId, SiteId, StripeAccountId, Timestamp, Write, row_lock::RowLock,
};

mod begin;
mod of_buyer;

pub use begin::{insert, insert_at};
pub use of_buyer::{
    Bought, ListedPurchase, all_of_buyer, bought_by, lock_unpaid_of_buyer, of_buyer, one_of_buyer,
    page_of_buyer, paid_of_buyers, tickets_of_buyer,
};

/// The most ids in one statement, which takes a bounded number of values.
const AT_ONCE: usize = 1_000;

impl Model {
    /// The Stripe mode of the purchase; `None` for a counter sale.
    pub fn mode(&self) -> Option<StripeMode> {
        self.livemode.map(StripeMode::of_livemode)
    }

    /// `cents` in the currency of the purchase.
    pub fn money(&self, cents: i64) -> Money {
        Money::new(cents, *self.currency)
    }

    /// What was paid in another currency, if it was (`docs/rules.md` 46).
    ///
    /// # Errors
    /// If the stored currency is no currency code.
    pub fn foreign(&self) -> Result<Option<ForeignAmount>, DbErr> {
        foreign_amount(self.foreign_amount, self.foreign_currency.as_deref())
    }
}

/// The purchase that the form with this token made, on any site.
pub async fn by_form_token(db: &impl ConnectionTrait, token: &str) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::FormToken.eq(token))
        .one(db)
        .await
}

/// Stores the token of the form that made the purchase, which makes no second one.
///
/// # Errors
/// `is_taken` if another purchase has the token.
pub async fn set_form_token(db: &impl Write, id: PurchaseId, token: &str) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::FormToken, Expr::value(token))
        .filter(Column::Id.eq(id))
        .exec(db)
        .await
        .map(|_| ())
}

/// Stores the id of the Checkout session.
pub async fn set_session(db: &impl Write, id: PurchaseId, session_id: &str) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::CheckoutSessionId, Expr::value(session_id))
        .filter(Column::Id.eq(id))
        .exec(db)
        .await
        .map(|_| ())
}

/// Whether the site has sold anything for money, or still may on a page that is open. What was free, a page that
/// nobody paid, and what was tried in test mode do not count.
pub async fn any_of_site(db: &impl ConnectionTrait, site_id: SiteId) -> Result<bool, DbErr> {
    let states = [
        PurchaseState::Open,
        PurchaseState::Processing,
        PurchaseState::Paid,
    ];
    let is_real = Condition::any()
        .add(Column::Livemode.is_null())
        .add(Column::Livemode.eq(true));
    let one: Option<PurchaseId> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::SiteId.eq(site_id))
        .filter(Column::State.is_in(states.map(PurchaseState::code)))
        .filter(Column::PriceCents.gt(0_i64))
        .filter(is_real)
        .limit(1)
        .into_tuple()
        .one(db)
        .await?;
    Ok(one.is_some())
}

/// Whether the buyer has paid for this product or the payment is processing.
pub async fn has_paid(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    buyer_id: MemberId,
    product_id: ProductId,
) -> Result<bool, DbErr> {
    let paid = Entity::find()
        .filter(bought_by(db, site_id, buyer_id))
        .filter(Column::ProductId.eq(product_id))
        .filter(
            Column::State
                .is_in([PurchaseState::Paid, PurchaseState::Processing].map(PurchaseState::code)),
        );
    Ok(paid.count(db).await? > 0)
}

/// The other paid purchases of the buyer of `purchase`, oldest first, without those of which it was
/// decided why they earn nothing.
pub async fn others_paid(db: &impl ConnectionTrait, purchase: &Model) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(bought_by(db, purchase.site_id, purchase.buyer_id))
        .filter(Column::Id.ne(purchase.id))
        .filter(Column::State.eq(PurchaseState::Paid.code()))
        .filter(Column::NoCredit.is_null())
        .order_by_asc(Column::PaidAt)
        .order_by_asc(Column::Id)
        .all(db)
        .await
}

/// Marks a paid counter sale as undone, with the reason. It no longer waits for the decision about a
/// credit.
pub async fn set_undone(
    db: &impl Write,
    id: PurchaseId,
    reason: &str,
    now: Timestamp,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::State, Expr::value(PurchaseState::Undone.code()))
        .col_expr(Column::CreditCheck, Expr::value(CreditCheck::Done.code()))
        .col_expr(Column::UndoneAt, Expr::value(now))
        .col_expr(Column::UndoneReason, Expr::value(reason))
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(PurchaseState::Paid.code()))
        .exec(db)
        .await
        .map(|_| ())
}

/// Marks an open purchase as expired, because its session ended without a payment or never existed.
pub async fn set_expired(db: &impl Write, id: PurchaseId) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::State, Expr::value(PurchaseState::Expired.code()))
        // The form may be sent again.
        .col_expr(Column::FormToken, Expr::value(Option::<String>::None))
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(PurchaseState::Open.code()))
        .exec(db)
        .await
        .map(|_| ())
}

/// The purchases that events of this account may change: those of all accounts that its site has
/// had. An account may be connected again, and events may still arrive at an earlier webhook
/// endpoint.
fn of_account(stripe_account_id: StripeAccountId) -> Select<Entity> {
    let its_site = stripe_account::Entity::find()
        .select_only()
        .column(stripe_account::Column::SiteId)
        .filter(stripe_account::Column::Id.eq(stripe_account_id))
        .into_query();
    let begun_before = Condition::all()
        .add(Column::StripeAccountId.is_not_null())
        .add(Column::SiteId.in_subquery(its_site));
    let whose = Condition::any()
        .add(Column::StripeAccountId.eq(stripe_account_id))
        .add(begun_before);
    Entity::find().filter(whose).locked()
}

/// The purchase of a Checkout session of this account, locked until the transaction ends.
pub async fn lock_by_session(
    db: &impl ConnectionTrait,
    stripe_account_id: StripeAccountId,
    session_id: &str,
) -> Result<Option<Model>, DbErr> {
    of_account(stripe_account_id)
        .filter(Column::CheckoutSessionId.eq(session_id))
        .one(db)
        .await
}

/// The purchase that this payment (`pi_…`) paid, locked until the transaction ends.
pub async fn lock_by_payment(
    db: &impl Write,
    stripe_account_id: StripeAccountId,
    payment_intent: &str,
) -> Result<Option<Model>, DbErr> {
    of_account(stripe_account_id)
        .filter(Column::PaymentIntentId.eq(payment_intent))
        .one(db)
        .await
}

/// The account's purchase with this id, locked until the transaction ends.
pub async fn lock_of_account(
    db: &impl ConnectionTrait,
    stripe_account_id: StripeAccountId,
    id: PurchaseId,
) -> Result<Option<Model>, DbErr> {
    of_account(stripe_account_id)
        .filter(Column::Id.eq(id))
        .one(db)
        .await
}

pub async fn by_id(db: &impl ConnectionTrait, id: PurchaseId) -> Result<Option<Model>, DbErr> {
    static FIND: Prepared = Prepared::new();
    let find = FIND.with(db.get_database_backend(), vec![id.into()], || {
        Entity::find_by_id(id).into_query()
    });
    Model::find_by_statement(find).one(db).await
}

/// The member's purchases among these ids, and those of these Checkout sessions.
pub async fn named(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    buyer_id: MemberId,
    ids: Vec<PurchaseId>,
    sessions: Vec<String>,
) -> Result<Vec<Model>, DbErr> {
    let named = Condition::any()
        .add(Column::Id.is_in(ids))
        .add(Column::CheckoutSessionId.is_in(sessions));
    Entity::find()
        .filter(bought_by(db, site_id, buyer_id))
        .filter(named)
        .all(db)
        .await
}

/// Locks the purchase until the transaction ends.
pub async fn lock(db: &impl Write, id: PurchaseId) -> Result<Option<Model>, DbErr> {
    static LOCK: Prepared = Prepared::new();
    let lock = LOCK.with(db.get_database_backend(), vec![id.into()], || {
        Entity::find_by_id(id).locked().into_query()
    });
    Model::find_by_statement(lock).one(db).await
}

/// Writes the changed columns of a row that was read and locked, and returns the row with them: nobody
/// else has written it meanwhile, so it is not read again.
pub async fn update(db: &impl Write, purchase: ActiveModel) -> Result<Model, DbErr> {
    Entity::update(purchase.clone())
        .exec_without_returning(db)
        .await?;
    purchase.try_into_model()
}

/// Stores how many cents of the total Stripe took from the customer balance.
pub async fn set_credit_used(db: &impl Write, id: PurchaseId, cents: i64) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::CreditUsedCents, Expr::value(cents))
        .filter(Column::Id.eq(id))
        .exec(db)
        .await
        .map(|_| ())
}

/// Records that the job has decided whether the purchase earns a credit.
pub async fn credit_decided(
    db: &impl Write,
    id: PurchaseId,
    no_credit: Option<NoCredit>,
) -> Result<(), DbErr> {
    let no_credit = no_credit.map(NoCredit::code);
    Entity::update_many()
        .col_expr(Column::CreditCheck, Expr::value(CreditCheck::Done.code()))
        .col_expr(Column::NoCredit, Expr::value(no_credit))
        .filter(Column::Id.eq(id))
        .exec(db)
        .await
        .map(|_| ())
}

/// Has the first purchase decided again that earned nothing because its buyer had not confirmed the
/// address: the buyer's, or with `None` that of each buyer on the site.
pub async fn decide_unconfirmed_again(
    db: &impl Write,
    site_id: SiteId,
    buyer_id: Option<MemberId>,
) -> Result<Vec<PurchaseId>, DbErr> {
    let backend = db.get_database_backend();
    let unconfirmed = Condition::all()
        .add(no_index(backend, Column::SiteId, buyer_id.is_some()).eq(site_id))
        .add(Column::NoCredit.eq(NoCredit::Unconfirmed.code()))
        .add(Column::CreditCheck.eq(CreditCheck::Done.code()))
        .add(Column::State.eq(PurchaseState::Paid.code()))
        .add_option(buyer_id.map(|buyer_id| Column::BuyerId.eq(buyer_id)));
    let mut purchases: Vec<(MemberId, PurchaseId)> = Entity::find()
        .select_only()
        .columns([Column::BuyerId, Column::Id])
        .filter(unconfirmed.clone())
        .order_by_asc(Column::BuyerId)
        .order_by_asc(Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    purchases.dedup_by_key(|(buyer, _)| *buyer);
    let ids: Vec<_> = purchases.into_iter().map(|(_, id)| id).collect();
    for some in ids.chunks(AT_ONCE) {
        Entity::update_many()
            .col_expr(Column::CreditCheck, Expr::value(CreditCheck::Due.code()))
            .col_expr(Column::NoCredit, Expr::value(None::<String>))
            .filter(Column::Id.is_in(some.iter().copied()))
            .exec(db)
            .await?;
    }
    // Later purchases do not wait for the address any more: an admin can have them decided again.
    Entity::update_many()
        .col_expr(Column::NoCredit, Expr::value(None::<String>))
        .filter(unconfirmed)
        .exec(db)
        .await?;
    Ok(ids)
}

/// Purchases that were paid at or before `paid_by` and still wait for the decision about a credit.
pub async fn overdue(
    db: &impl ConnectionTrait,
    paid_by: Timestamp,
    limit: u64,
) -> Result<Vec<PurchaseId>, DbErr> {
    Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::CreditCheck.eq(CreditCheck::Due.code()))
        .filter(Column::PaidAt.lte(paid_by))
        .limit(limit)
        .into_tuple()
        .all(db)
        .await
}
