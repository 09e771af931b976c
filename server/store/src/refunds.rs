//! Refunds, as Stripe has them, and our own from before Stripe is asked. Unique indexes keep a refund of
//! Stripe's to one row for each purchase, and a form to one refund.

use std::collections::HashMap;

use domain::{
    credit::CreditProgress,
    money::Money,
    refund::{MembershipEnding, RefundStatus},
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Set, sea_query::Expr,
};

use crate::{
    MemberId, Paid, RefundId, StripeAccountId, Timestamp, Write,
    columns::unreadable_value,
    entities::{
        purchase,
        refund::{ActiveModel, Column, Entity, Model},
        user,
    },
    stripe_accounts::StripeAccount,
    without_purchase::{self, of},
};

impl Model {
    /// The progress of a refund of ours on its way to Stripe.
    ///
    /// # Errors
    /// If one of the row's counts is negative or too large.
    pub fn progress(&self) -> Result<CreditProgress, DbErr> {
        let count = |column: &str, value: i64| {
            u32::try_from(value)
                .map_err(|_| unreadable_value("refunds", self.id.get(), column, &value.to_string()))
        };
        Ok(CreditProgress {
            attempts: count("attempts", self.attempts)?,
            generation: count("key_generation", self.key_generation)?,
            first_sent_at: self.first_sent_at.map(Timestamp::moment),
            last_sent_at: self.last_sent_at.map(Timestamp::moment),
            key_replays_error: self.key_replays_error,
        })
    }

    /// Whose refund it is; `None` while that is not known.
    pub fn paid(&self) -> Option<Paid> {
        let tenant = self.purchase_id.map(Paid::Tenant);
        tenant.or_else(|| self.platform_purchase_id.map(Paid::Platform))
    }
}

/// A refund that an admin asks for.
pub struct NewRefund<'a> {
    pub paid: Paid,
    pub stripe_account_id: StripeAccountId,
    pub payment_intent: Option<&'a str>,
    /// What goes back to the card.
    pub card: Money,
    /// What goes back to the balance.
    pub credit: Money,
    /// Random.
    pub token: &'a str,
    pub form_token: &'a str,
    pub reason: &'a str,
    pub actor: &'a user::Model,
    pub ending: Option<MembershipEnding>,
}

/// Adds a refund of ours, before Stripe is asked for it. The caller holds the purchase's lock.
///
/// # Errors
/// `is_taken` if the form was used before.
pub async fn insert(db: &impl Write, new: &NewRefund<'_>, now: Timestamp) -> Result<Model, DbErr> {
    let ends = new.ending.is_some_and(MembershipEnding::ends);
    ActiveModel {
        stripe_account_id: Set(new.stripe_account_id),
        token: Set(Some(new.token.to_owned())),
        form_token: Set(Some(new.form_token.to_owned())),
        purchase_id: Set(new.paid.purchase_id()),
        platform_purchase_id: Set(new.paid.platform_purchase_id()),
        payment_intent_id: Set(new.payment_intent.map(str::to_owned)),
        amount_cents: Set(new.card.cents()),
        currency: Set(new.card.currency().code().to_owned()),
        credit_cents: Set(new.credit.cents()),
        status: Set(RefundStatus::Requested.into()),
        reason: Set(Some(new.reason.to_owned())),
        actor_id: Set(Some(new.actor.id)),
        ending: Set(new.ending.map(Into::into)),
        ending_due: Set(ends),
        ..row(now)
    }
    .insert(db)
    .await
}

fn row(now: Timestamp) -> ActiveModel {
    ActiveModel {
        credit_cents: Set(0),
        ending_due: Set(false),
        attempts: Set(0),
        key_generation: Set(1),
        key_replays_error: Set(false),
        created_at: Set(now),
        ..Default::default()
    }
}

/// A refund as Stripe told it.
#[derive(Clone, Copy, Debug)]
pub struct Told<'a> {
    /// `re_…`.
    pub id: &'a str,
    /// In the smallest units of `currency`.
    pub amount: i64,
    /// Stripe's code.
    pub currency: &'a str,
    /// `pi_…`.
    pub payment_intent: Option<&'a str>,
    pub status: RefundStatus,
    /// Stripe's code for why it failed.
    pub failure: Option<&'a str>,
    /// When it was made.
    pub made_at: Timestamp,
}

/// Adds a refund that was made in Stripe's dashboard, of a purchase whose lock the caller holds, or of a
/// payment that is not known.
pub async fn insert_told(
    db: &impl Write,
    account: StripeAccountId,
    paid: Option<Paid>,
    told: &Told<'_>,
) -> Result<(), DbErr> {
    let new = ActiveModel {
        stripe_account_id: Set(account),
        stripe_id: Set(Some(told.id.to_owned())),
        purchase_id: Set(paid.and_then(Paid::purchase_id)),
        platform_purchase_id: Set(paid.and_then(Paid::platform_purchase_id)),
        payment_intent_id: Set(told.payment_intent.map(str::to_owned)),
        amount_cents: Set(told.amount),
        currency: Set(told.currency.to_owned()),
        status: Set(told.status.into()),
        failure: Set(told.failure.map(str::to_owned)),
        ..row(told.made_at)
    };
    Entity::insert(new)
        .on_conflict_do_nothing_on([Column::StripeAccountId, Column::StripeId])
        .exec(db)
        .await
        .map(|_| ())
}

/// Keeps in mind that a charge (`ch_…`) of a payment that is not known was refunded, where Stripe did not
/// say by which refund.
pub async fn insert_charge(
    db: &impl Write,
    account: StripeAccountId,
    charge: &str,
    payment_intent: &str,
    now: Timestamp,
) -> Result<(), DbErr> {
    let new = ActiveModel {
        stripe_account_id: Set(account),
        stripe_id: Set(Some(charge.to_owned())),
        payment_intent_id: Set(Some(payment_intent.to_owned())),
        amount_cents: Set(0),
        currency: Set(String::new()),
        status: Set(RefundStatus::Requested.into()),
        ..row(now)
    };
    Entity::insert(new)
        .on_conflict_do_nothing_on([Column::StripeAccountId, Column::StripeId])
        .exec(db)
        .await
        .map(|_| ())
}

/// Gives what was kept to its purchase, whose lock the caller holds, as [`without_purchase::give`] does; or
/// deletes it, if it is only a charge to look at.
pub async fn give(db: &impl Write, kept: &Model, paid: Paid) -> Result<(), DbErr> {
    match kept.stripe_id.as_deref() {
        Some(id) if !kept.currency.is_empty() => {
            without_purchase::give::<Entity>(db, kept.id, id, paid).await
        }
        _ => Entity::delete_by_id(kept.id).exec(db).await.map(|_| ()),
    }
}

/// The refunds of a purchase, oldest first.
pub async fn of_purchase(db: &impl ConnectionTrait, paid: Paid) -> Result<Vec<Model>, DbErr> {
    let its = of::<Entity>(paid).order_by_asc(Column::Id);
    its.all(db).await
}

/// The refund that the form with this token asked for, of whatever site.
pub async fn by_form_token(db: &impl ConnectionTrait, token: &str) -> Result<Option<Model>, DbErr> {
    let by_token = Entity::find().filter(Column::FormToken.eq(token));
    by_token.one(db).await
}

pub async fn by_id(db: &impl ConnectionTrait, id: RefundId) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).one(db).await
}

/// A request that is about to be sent to Stripe, to be stored first.
pub struct Sending<'a> {
    pub account: &'a StripeAccount,
    /// The generation of the idempotency key, from 1.
    pub generation: u32,
    /// When this idempotency key was first sent.
    pub first_sent_at: Timestamp,
    pub now: Timestamp,
}

/// Records that Stripe is about to be asked; `false` if another request was sent or answered since `row`
/// was read.
pub async fn set_sent(db: &impl Write, row: &Model, sending: &Sending<'_>) -> Result<bool, DbErr> {
    let before = match row.last_sent_at {
        Some(at) => Column::LastSentAt.eq(at),
        None => Column::LastSentAt.is_null(),
    };
    let written = Entity::update_many()
        .col_expr(
            Column::KeyGeneration,
            Expr::value(i64::from(sending.generation)),
        )
        .col_expr(Column::FirstSentAt, Expr::value(sending.first_sent_at))
        .col_expr(Column::LastSentAt, Expr::value(sending.now))
        .col_expr(Column::StripeAccountId, Expr::value(sending.account.id))
        .col_expr(
            Column::StripeAccountVersion,
            Expr::value(sending.account.version),
        )
        .col_expr(Column::KeyReplaysError, Expr::value(false))
        .filter(Column::Id.eq(row.id))
        .filter(Column::Status.eq(RefundStatus::Requested.code()))
        .filter(before)
        .exec(db)
        .await?;
    Ok(written.rows_affected > 0)
}

/// Counts an attempt that did not tell whether Stripe has the refund. `replays` says that Stripe answers
/// the key with an error from now on.
pub async fn set_retry(
    db: &impl Write,
    id: RefundId,
    attempts: u32,
    replays: bool,
) -> Result<(), DbErr> {
    let mut update =
        Entity::update_many().col_expr(Column::Attempts, Expr::value(i64::from(attempts)));
    if replays {
        update = update.col_expr(Column::KeyReplaysError, Expr::value(true));
    }
    update
        .filter(Column::Id.eq(id))
        .filter(Column::Status.eq(RefundStatus::Requested.code()))
        .exec(db)
        .await
        .map(|_| ())
}

/// Stores what became of a refund. The caller holds the purchase's lock.
pub async fn set_status(
    db: &impl Write,
    id: RefundId,
    status: RefundStatus,
    failure: Option<&str>,
) -> Result<(), DbErr> {
    let mut update = Entity::update_many().col_expr(Column::Status, Expr::value(status.code()));
    if let Some(failure) = failure {
        update = update.col_expr(Column::Failure, Expr::value(failure));
    }
    update.filter(Column::Id.eq(id)).exec(db).await.map(|_| ())
}

/// Stores the amount as Stripe has it.
pub async fn set_amount(
    db: &impl Write,
    id: RefundId,
    amount: i64,
    currency: &str,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::AmountCents, Expr::value(amount))
        .col_expr(Column::Currency, Expr::value(currency))
        .filter(Column::Id.eq(id))
        .exec(db)
        .await
        .map(|_| ())
}

/// Stores Stripe's id of a refund of ours, with its payment.
pub async fn set_stripe_id(
    db: &impl Write,
    id: RefundId,
    stripe_id: &str,
    payment_intent: Option<&str>,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::StripeId, Expr::value(stripe_id))
        .col_expr(Column::PaymentIntentId, Expr::value(payment_intent))
        .filter(Column::Id.eq(id))
        .exec(db)
        .await
        .map(|_| ())
}

/// The names of those who asked for these refunds.
pub async fn actors(
    db: &impl ConnectionTrait,
    refunds: &[Model],
) -> Result<HashMap<MemberId, String>, DbErr> {
    let ids: Vec<_> = refunds.iter().filter_map(|row| row.actor_id).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let users = user::Entity::find().filter(user::Column::Id.is_in(ids));
    let named = |user: user::Model| (user.id, format!("{} {}", user.first_name, user.last_name));
    Ok(users.all(db).await?.into_iter().map(named).collect())
}

/// Records that the membership was told how it ends, or does not end after all.
pub async fn set_ending_done(db: &impl Write, id: RefundId) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::EndingDue, Expr::value(false))
        .filter(Column::Id.eq(id))
        .exec(db)
        .await
        .map(|_| ())
}

/// Blanks what was typed as the reasons of the refunds of a member, whose account is deleted.
pub async fn forget_reasons(db: &impl Write, member_id: MemberId) -> Result<(), DbErr> {
    let theirs = purchase::Entity::find()
        .select_only()
        .column(purchase::Column::Id)
        .filter(purchase::Column::BuyerId.eq(member_id))
        .into_query();
    Entity::update_many()
        .col_expr(Column::Reason, Expr::value(None::<String>))
        .filter(Column::PurchaseId.in_subquery(theirs))
        .exec(db)
        .await
        .map(|_| ())
}
