//! Notes about a Stripe account: whether its key works, and whether its events arrive.

use domain::stripe_keys::Known;
use sea_orm::{ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, sea_query::Expr};
use time::Duration;

use crate::{
    StripeAccountId, Timestamp, Write,
    entities::stripe_account::{Column, Entity, Model},
};

/// The least time between two notes of a refused delivery: anybody can send one.
pub const REFUSED_EVERY: Duration = Duration::minutes(1);

/// What is noted about an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Notes {
    /// When Stripe last accepted the secret key, as far as it was worth a note.
    pub key_worked_at: Option<Timestamp>,
    /// When Stripe last rejected it.
    pub key_rejected_at: Option<Timestamp>,
    /// When a delivery was last refused.
    pub refused_at: Option<Timestamp>,
    /// When Stripe was first asked about a payment whose event did not come since.
    pub unannounced_at: Option<Timestamp>,
    /// When the key was last refused a coupon, unless it wrote one since.
    pub coupons_refused_at: Option<Timestamp>,
}

impl Notes {
    pub(super) fn of(row: &Model) -> Self {
        Self {
            key_worked_at: row.key_worked_at,
            key_rejected_at: row.key_rejected_at,
            refused_at: row.refused_at,
            unannounced_at: row.unannounced_at,
            coupons_refused_at: row.coupons_refused_at,
        }
    }

    /// The notes in the terms of the rules; `webhook_secrets` are in force.
    pub fn known(&self, webhook_secrets: usize) -> Known {
        Known {
            key_worked_at: self.key_worked_at.map(Timestamp::moment),
            key_rejected_at: self.key_rejected_at.map(Timestamp::moment),
            webhook_secrets,
            unannounced_at: self.unannounced_at.map(Timestamp::moment),
            coupons_refused: self.coupons_refused_at.is_some(),
        }
    }
}

/// Notes whether Stripe accepted the key of this version at `now`.
pub async fn note_key(
    db: &impl Write,
    id: StripeAccountId,
    version: i64,
    worked: bool,
    now: Timestamp,
) -> Result<(), DbErr> {
    let column = match worked {
        true => Column::KeyWorkedAt,
        false => Column::KeyRejectedAt,
    };
    Entity::update_many()
        .col_expr(column, Expr::value(now))
        .filter(Column::Id.eq(id))
        .filter(Column::Version.eq(version))
        .exec(db)
        .await
        .map(|_| ())
}

/// Notes since when the key of this version may not write coupons; `None`: it may.
pub async fn note_coupons(
    db: &impl Write,
    id: StripeAccountId,
    version: i64,
    refused_at: Option<Timestamp>,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::CouponsRefusedAt, Expr::value(refused_at))
        .filter(Column::Id.eq(id))
        .filter(Column::Version.eq(version))
        .exec(db)
        .await
        .map(|_| ())
}

/// Notes that a delivery was refused; at most once a minute.
pub async fn note_refused(
    db: &impl Write,
    id: StripeAccountId,
    now: Timestamp,
) -> Result<(), DbErr> {
    let earlier = Condition::any()
        .add(Column::RefusedAt.is_null())
        .add(Column::RefusedAt.lte(now - REFUSED_EVERY));
    Entity::update_many()
        .col_expr(Column::RefusedAt, Expr::value(now))
        .filter(Column::Id.eq(id))
        .filter(earlier)
        .exec(db)
        .await
        .map(|_| ())
}

/// Notes that Stripe was asked about a payment before its event came. An earlier note stays.
pub async fn note_unannounced(
    db: &impl Write,
    id: StripeAccountId,
    now: Timestamp,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::UnannouncedAt, Expr::value(now))
        .filter(Column::Id.eq(id))
        .filter(Column::UnannouncedAt.is_null())
        .exec(db)
        .await
        .map(|_| ())
}

/// Notes that events about payments arrive.
pub async fn note_announced(db: &impl Write, id: StripeAccountId) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::UnannouncedAt, Expr::value(None::<Timestamp>))
        .filter(Column::Id.eq(id))
        .filter(Column::UnannouncedAt.is_not_null())
        .exec(db)
        .await
        .map(|_| ())
}
