//! Subscriptions to PewPros and CoachPros: one for each Checkout session, inserted when Stripe
//! reports it.

use domain::{
    credit::NoCredit,
    foreign_amount::ForeignAmount,
    money::Money,
    purchase::{CreditCheck, Plan},
    search::is_plain,
    stripe_keys::StripeMode,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Set,
    sea_query::{Expr, OnConflict},
};

use super::{
    entities::platform_purchase::{ActiveModel, Column, Entity, Model},
    foreign_amount::foreign_amount,
    search_words::{self, Subject},
    stripe_accounts,
};
use crate::{PlatformPurchaseId, Scope, SiteId, Timestamp, Write, row_lock::RowLock};

impl Model {
    /// The plan's name on pages, or the text from the metadata if it is not one of our plans.
    pub fn plan_label(&self) -> &str {
        match Plan::parse(&self.plan) {
            Some(plan) => plan.label(),
            None => &self.plan,
        }
    }

    /// The Stripe mode of the purchase.
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

/// The purchases with these ids.
///
/// # Errors
/// If the database fails, or a row cannot be read.
pub async fn named(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = PlatformPurchaseId>,
) -> Result<Vec<Model>, DbErr> {
    Entity::find().filter(Column::Id.is_in(ids)).all(db).await
}

/// Inserts `row` unless its Checkout session has a purchase. Of two concurrent inserts, the second
/// waits for the first one's transaction. A conflict does not abort the caller's transaction.
pub async fn insert_new(db: &impl Write, mut row: ActiveModel) -> Result<(), DbErr> {
    let account = row.stripe_account_id.try_as_ref().copied();
    let mode = stripe_accounts::mode_of(db, account).await?;
    row.livemode = Set(mode.map(StripeMode::livemode));
    Entity::insert(row)
        .on_conflict(
            OnConflict::column(Column::CheckoutSessionId)
                .do_nothing()
                .to_owned(),
        )
        .exec_without_returning(db)
        .await
        .map(|_| ())
}

/// The purchase of a Checkout session at any of the platform's accounts, locked until the
/// transaction ends. The account may have been connected again since, and events may arrive at
/// either webhook endpoint.
pub async fn lock_by_session(db: &impl Write, session_id: &str) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::CheckoutSessionId.eq(session_id))
        .locked()
        .one(db)
        .await
}

pub async fn by_id(
    db: &impl ConnectionTrait,
    id: PlatformPurchaseId,
) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).one(db).await
}

/// The purchase that this payment (`pi_…`) paid, at any of the platform's accounts, locked until the
/// transaction ends.
pub async fn lock_by_payment(
    db: &impl Write,
    payment_intent: &str,
) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::PaymentIntentId.eq(payment_intent))
        .locked()
        .one(db)
        .await
}

/// Locks the purchase until the transaction ends.
pub async fn lock(db: &impl Write, id: PlatformPurchaseId) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).locked().one(db).await
}

/// The purchase of a Checkout session on this brand's site.
pub async fn by_session(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    session_id: &str,
) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::CheckoutSessionId.eq(session_id))
        .filter(Column::SiteId.eq(site_id))
        .one(db)
        .await
}

/// Writes the changed columns, and the words that find the purchase by its buyer.
pub async fn update(db: &impl Write, purchase: ActiveModel) -> Result<Model, DbErr> {
    let has_new_email = purchase.customer_email.is_set();
    let row = purchase.update(db).await?;
    if has_new_email {
        put_words(db, &row).await?;
    }
    Ok(row)
}

async fn put_words(db: &impl Write, row: &Model) -> Result<(), DbErr> {
    let email = row.customer_email.as_deref().unwrap_or_default();
    let code = row.code.as_deref().unwrap_or_default();
    let (subject, scope) = (Subject::PlatformBuyer, Scope::Platform);
    search_words::put(db, subject, scope, row.id.get(), &[email, code]).await
}

/// Gives the purchases after this id the words of today where they differ, and returns the last one's
/// id. Reads at most `limit` purchases.
pub async fn respell(db: &impl Write, after: i64, limit: u64) -> Result<Option<i64>, DbErr> {
    let rows = Entity::find()
        .filter(Column::Id.gt(after))
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(db)
        .await?;
    for row in &rows {
        if !is_plain(&[row.customer_email.as_deref().unwrap_or_default()]) {
            put_words(db, row).await?;
        }
    }
    Ok(rows.last().map(|row| row.id.get()))
}

/// Records that the job has decided whether the purchase earns a credit.
pub async fn credit_decided(
    db: &impl Write,
    id: PlatformPurchaseId,
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

/// Purchases that were paid at or before `paid_by` and still wait for the decision about a credit.
pub async fn overdue(
    db: &impl ConnectionTrait,
    paid_by: Timestamp,
    limit: u64,
) -> Result<Vec<PlatformPurchaseId>, DbErr> {
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
