//! Refunds and disputes whose payment is not ours, or not known to be ours yet. They change nothing, and are
//! kept for as long as a payment may still become known. One that was told at the account of another owner
//! stays without effect, whatever payment it names.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Select, Statement, Value, sea_query::Expr,
};

use super::entities::{dispute, refund, stripe_account};
use crate::{DisputeId, Paid, RefundId, Scope, StripeAccountId, Timestamp, Write};

/// The condition of the partial indexes, written out, because SQLite uses them only so.
const WITHOUT: &str = "purchase_id IS NULL AND platform_purchase_id IS NULL";

/// A table of what Stripe tells about payments.
pub trait OfPayment: EntityTrait {
    type Id: Into<Value>;
    /// Its name in SQL.
    const TABLE: &'static str;
    const ID: Self::Column;
    /// The account at whose endpoint Stripe told of it.
    const STRIPE_ACCOUNT_ID: Self::Column;
    /// `re_…` or `dp_…`.
    const STRIPE_ID: Self::Column;
    /// `pi_…`.
    const PAYMENT_INTENT_ID: Self::Column;
    const PURCHASE_ID: Self::Column;
    const PLATFORM_PURCHASE_ID: Self::Column;
    /// When it was made at Stripe.
    const CREATED_AT: Self::Column;
}

macro_rules! of_payments {
    ($($entity:ident, $id:ty, $table:literal;)*) => {
        $(impl OfPayment for $entity::Entity {
            type Id = $id;
            const TABLE: &'static str = $table;
            const ID: Self::Column = $entity::Column::Id;
            const STRIPE_ACCOUNT_ID: Self::Column = $entity::Column::StripeAccountId;
            const STRIPE_ID: Self::Column = $entity::Column::StripeId;
            const PAYMENT_INTENT_ID: Self::Column = $entity::Column::PaymentIntentId;
            const PURCHASE_ID: Self::Column = $entity::Column::PurchaseId;
            const PLATFORM_PURCHASE_ID: Self::Column = $entity::Column::PlatformPurchaseId;
            const CREATED_AT: Self::Column = $entity::Column::CreatedAt;
        })*
    };
}

of_payments!(
    dispute, DisputeId, "disputes";
    refund, RefundId, "refunds";
);

/// A purchase of the account's owner has this payment: one look into an index for each row.
fn is_ours(table: &str) -> String {
    format!(
        "EXISTS (SELECT 1 FROM stripe_accounts WHERE stripe_accounts.id = {table}.stripe_account_id \
         AND (EXISTS (SELECT 1 FROM purchases WHERE purchases.payment_intent_id = \
         {table}.payment_intent_id AND purchases.site_id = stripe_accounts.site_id) \
         OR (stripe_accounts.platform AND EXISTS (SELECT 1 FROM platform_purchases WHERE \
         platform_purchases.payment_intent_id = {table}.payment_intent_id))))"
    )
}

fn without<E: OfPayment>() -> Select<E> {
    E::find().filter(Expr::cust(WITHOUT))
}

/// The rows of a purchase.
pub(crate) fn of<E: OfPayment>(paid: Paid) -> Select<E> {
    let its = match paid {
        Paid::Tenant(id) => E::PURCHASE_ID.eq(id),
        Paid::Platform(id) => E::PLATFORM_PURCHASE_ID.eq(id),
    };
    E::find().filter(its)
}

/// The account's row with this id of Stripe's, if its payment is not known.
pub async fn one<E: OfPayment>(
    db: &impl ConnectionTrait,
    account: StripeAccountId,
    stripe_id: &str,
) -> Result<Option<E::Model>, DbErr> {
    without::<E>()
        .filter(E::STRIPE_ACCOUNT_ID.eq(account))
        .filter(E::STRIPE_ID.eq(stripe_id))
        .one(db)
        .await
}

/// What is kept of this payment (`pi_…`), as told at an account of its owner.
pub async fn of_payment<E: OfPayment>(
    db: &impl ConnectionTrait,
    scope: Scope,
    payment_intent: &str,
) -> Result<Vec<E::Model>, DbErr> {
    let owned = match scope {
        Scope::Site(site_id) => stripe_account::Column::SiteId.eq(site_id),
        Scope::Platform => stripe_account::Column::Platform.eq(true),
    };
    let accounts = stripe_account::Entity::find()
        .select_only()
        .column(stripe_account::Column::Id)
        .filter(owned)
        .into_query();
    without::<E>()
        .filter(E::PAYMENT_INTENT_ID.eq(payment_intent))
        .filter(E::STRIPE_ACCOUNT_ID.in_subquery(accounts))
        .order_by_asc(E::ID)
        .all(db)
        .await
}

/// Whether anything is kept of this payment (`pi_…`), at whatever account: one statement, where
/// [`of_payment`] takes one for each table. Of most payments nothing is.
pub async fn is_any_of_payment(
    db: &impl ConnectionTrait,
    payment_intent: &str,
) -> Result<bool, DbErr> {
    let of = |table| {
        format!("EXISTS (SELECT 1 FROM {table} WHERE {WITHOUT} AND payment_intent_id = $1)")
    };
    let sql = format!(
        "SELECT 1 AS found WHERE {} OR {}",
        of(refund::Entity::TABLE),
        of(dispute::Entity::TABLE)
    );
    let backend = db.get_database_backend();
    let any = Statement::from_sql_and_values(backend, sql, [payment_intent.into()]);
    Ok(db.query_one_raw(any).await?.is_some())
}

/// Gives the row to its purchase, whose lock the caller holds; or deletes it, if the purchase has it from
/// another endpoint.
pub async fn give<E: OfPayment>(
    db: &impl Write,
    id: E::Id,
    stripe_id: &str,
    paid: Paid,
) -> Result<(), DbErr> {
    let same = of::<E>(paid).filter(E::STRIPE_ID.eq(stripe_id));
    if same.one(db).await?.is_some() {
        let gone = E::delete_many().filter(E::ID.eq(id)).exec(db).await;
        return gone.map(|_| ());
    }
    E::update_many()
        .col_expr(E::PURCHASE_ID, Expr::value(paid.purchase_id()))
        .col_expr(
            E::PLATFORM_PURCHASE_ID,
            Expr::value(paid.platform_purchase_id()),
        )
        .filter(E::ID.eq(id))
        .exec(db)
        .await
        .map(|_| ())
}

/// Accounts and payments (`pi_…`) of rows whose payment became known to be ours since they were kept: one
/// that was told while the payment was being recorded.
pub async fn matched<E: OfPayment>(
    db: &impl ConnectionTrait,
    limit: u64,
) -> Result<Vec<(StripeAccountId, String)>, DbErr> {
    matching::<E>(limit).into_tuple().all(db).await
}

/// The query of [`matched`]; public so that tests can check its query plan. In the order of the index, because
/// in that of the ids all rows are read.
pub fn matching<E: OfPayment>(limit: u64) -> Select<E> {
    without::<E>()
        .select_only()
        .columns([E::STRIPE_ACCOUNT_ID, E::PAYMENT_INTENT_ID])
        .filter(Expr::cust(is_ours(E::TABLE)))
        .order_by_asc(E::PAYMENT_INTENT_ID)
        .limit(limit)
}

/// Deletes what is kept of payments that did not become known since `before`.
pub async fn sweep<E: OfPayment>(db: &impl Write, before: Timestamp) -> Result<(), DbErr> {
    E::delete_many()
        .filter(Expr::cust(WITHOUT))
        .filter(E::CREATED_AT.lt(before))
        .exec(db)
        .await
        .map(|_| ())
}
